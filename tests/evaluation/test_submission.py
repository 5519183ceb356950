from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from offkey.datasets.editions import find_edition
from offkey.datasets.ground_truth import GroundTruth, Truth
from offkey.errors import DataError, UsageError
from offkey.evaluation.sections import SectionScores
from offkey.evaluation.submission import read_submission
from offkey.evaluation.submission_writer import submission_tables, write_submission

Change = Callable[[Path], None]

SCORES = "anomaly_score_fan_section_00_test.csv"
DECISIONS = "decision_result_fan_section_00_test.csv"


def truths(year: int) -> GroundTruth:
    """Evaluation clips of two machines with two sections each, 8 clips a section."""
    table: GroundTruth = {}
    for machine in ("fan", "pump"):
        for section in ("00", "01"):
            clips = {}
            for number in range(8):
                domain = None if year == 2020 else ("source", "target")[number // 2 % 2]
                name = {
                    2020: f"id_{section}_{number:08d}.wav",
                    2021: f"section_{section}_{domain}_test_{number:04d}.wav",
                }.get(year, f"section_{section}_{number:04d}.wav")
                clips[name] = Truth(number % 2, domain)
            table[machine, section] = clips
    return table


def sections(year: int, seed: int = 0) -> list[SectionScores]:
    """Random scores of those clips; labels and domains as the truth has them."""
    rng = np.random.default_rng(seed)
    return [
        SectionScores(
            machine,
            section,
            tuple(clips),
            rng.normal(size=len(clips)),
            np.array([truth.label for truth in clips.values()], dtype=np.int8),
            np.array([truth.domain or "" for truth in clips.values()]),
            None if year == 2020 else rng.integers(0, 2, len(clips)).astype(np.int8),
        )
        for (machine, section), clips in truths(year).items()
    ]


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def rewrite(name: str, change: Callable[[list[str]], list[str]]) -> Change:
    """Return a change of the lines of one file."""

    def apply(folder: Path) -> None:
        (folder / name).write_text("\n".join(change(lines(folder / name))) + "\n")

    return apply


@pytest.mark.parametrize("year", [2020, 2021, 2022, 2023, 2026])
def test_what_was_written_is_read(tmp_path: Path, year: int) -> None:
    wrote = write_submission(tmp_path, submission_tables(find_edition(year), sections(year)))
    assert len(wrote) == {2020: 4, 2021: 16}.get(year, 8)
    for found, meant in zip(read_submission(tmp_path, find_edition(year), truths(year)), sections(year), strict=True):
        assert (found.machine, found.section, set(found.files)) == (meant.machine, meant.section, set(meant.files))
        order = [meant.files.index(file) for file in found.files]
        assert found.scores.tolist() == meant.scores[order].tolist()
        assert found.labels.tolist() == meant.labels[order].tolist()
        assert found.domains.tolist() == meant.domains[order].tolist()
        if year == 2020:
            assert found.decisions is None
        else:
            assert found.decisions is not None
            assert meant.decisions is not None
            assert found.decisions.tolist() == meant.decisions[order].tolist()


@pytest.mark.parametrize("year", [2020, 2021, 2023])
def test_rows_may_be_shuffled_because_names_count(tmp_path: Path, year: int) -> None:
    write_submission(tmp_path, submission_tables(find_edition(year), sections(year)))
    straight = read_submission(tmp_path, find_edition(year), truths(year))
    rng = np.random.default_rng(5)
    for path in tmp_path.iterdir():
        rows = lines(path)
        path.write_text("\n".join(rows[i] for i in rng.permutation(len(rows))) + "\n\n")
    for one, other in zip(straight, read_submission(tmp_path, find_edition(year), truths(year)), strict=True):
        assert one.files == other.files
        assert one.scores.tolist() == other.scores.tolist()
        assert one.labels.tolist() == other.labels.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (rewrite(SCORES, lambda rows: rows[2:]), f"{SCORES}: 2 missing (section_00_0000.wav, section_00_0001.wav)."),
        (rewrite(SCORES, lambda rows: [*rows, rows[3]]), f"{SCORES}: 1 doubled (section_00_0003.wav)."),
        (
            rewrite(SCORES, lambda rows: [*rows, "section_00_9999.wav,1"]),
            f"{SCORES}: 1 unknown to the ground truth (section_00_9999.wav).",
        ),
        (
            rewrite(SCORES, lambda rows: ["section_00_0000.wav,nan", "section_00_0001.wav,inf", *rows[2:]]),
            f"{SCORES}: 2 scores not finite numbers (section_00_0000.wav is nan, section_00_0001.wav is inf); "
            f"{SCORES}: 2 missing (section_00_0000.wav, section_00_0001.wav).",
        ),
        (
            rewrite(SCORES, lambda rows: [rows[0], "section_00_0001.wav,high", *rows[2:]]),
            "1 scores not finite numbers (section_00_0001.wav is high)",
        ),
        (
            rewrite(SCORES, lambda rows: [rows[0], "section_00_0001.wav,", *rows[2:]]),
            "1 scores not finite numbers (section_00_0001.wav is empty)",
        ),
        (
            rewrite(DECISIONS, lambda rows: [rows[0], "section_00_0001.wav,2", *rows[2:]]),
            f"{DECISIONS}: 1 decisions other than 0 and 1 (section_00_0001.wav is 2)",
        ),
        (rewrite(DECISIONS, lambda rows: rows[1:]), f"{DECISIONS}: 1 missing (section_00_0000.wav)."),
        (rewrite(SCORES, lambda _: []), f"{SCORES}: empty"),
        (
            rewrite(SCORES, lambda rows: [row + ",1" for row in rows]),
            f"{SCORES}: 8 rows without exactly 2 columns, a file name and a value (line 1 has 3)",
        ),
        (
            rewrite(SCORES, lambda rows: ["filename,score", *rows]),
            f"{SCORES}: line 1 is a header (filename,score), but these files have none.",
        ),
        (lambda folder: (folder / SCORES).unlink(), f"1 file missing ({SCORES})."),
        (lambda folder: (folder / DECISIONS).unlink(), f"1 file missing ({DECISIONS})."),
        (lambda folder: (folder / SCORES).write_bytes(b"\xff\xfe\x00"), f"{SCORES} is no CSV file in UTF-8"),
        (
            lambda folder: (folder / SCORES).rename(folder / "anomaly_scores_fan_00.csv"),
            "1 file whose name is not that of 2023, anomaly_score_<machine>_section_<section>_test.csv "
            f"(anomaly_scores_fan_00.csv); 1 file missing ({SCORES}).",
        ),
        (
            lambda folder: (folder / "anomaly_score_fan_section_07_test.csv").write_text("section_07_0000.wav,1\n"),
            "1 file of machines or sections that the ground truth does not have "
            "(anomaly_score_fan_section_07_test.csv).",
        ),
        (
            lambda folder: (folder / "anomaly_score_DCASE2023T2fan_section_00_test_seed1_Eval.csv").write_bytes(
                (folder / SCORES).read_bytes()
            ),
            f"{SCORES}: doubles anomaly_score_DCASE2023T2fan_section_00_test_seed1_Eval.csv.",
        ),
    ],
)
def test_faulty_submissions_are_refused_with_the_names(tmp_path: Path, change: Change, message: str) -> None:
    write_submission(tmp_path, submission_tables(find_edition(2023), sections(2023)))
    change(tmp_path)
    with pytest.raises(DataError) as error:
        read_submission(tmp_path, find_edition(2023), truths(2023))
    assert str(error.value).startswith(f"The folder {tmp_path} is not a valid submission of 2023: ")
    assert message in str(error.value)


def test_several_faults_come_in_one_sentence(tmp_path: Path) -> None:
    write_submission(tmp_path, submission_tables(find_edition(2020), sections(2020)))
    rewrite("anomaly_score_fan_id_00.csv", lambda rows: rows[:-1])(tmp_path)
    rewrite("anomaly_score_pump_id_01.csv", lambda rows: [*rows, rows[0]])(tmp_path)
    with pytest.raises(DataError) as error:
        read_submission(tmp_path, find_edition(2020), truths(2020))
    assert (
        "anomaly_score_fan_id_00.csv: 1 missing (id_00_00000007.wav); anomaly_score_pump_id_01.csv: 1 doubled"
        in str(error.value)
    )


def test_a_clip_in_the_file_of_the_other_domain_is_refused(tmp_path: Path) -> None:
    write_submission(tmp_path, submission_tables(find_edition(2021), sections(2021)))
    source, target = (tmp_path / f"anomaly_score_fan_section_00_{d}_test.csv" for d in ("source", "target"))
    one, other = lines(source), lines(target)
    source.write_text("\n".join([*one[1:], other[0]]))
    target.write_text("\n".join([*other[1:], one[0]]))
    with pytest.raises(DataError, match=r"1 not of the source domain \(section_00_target_test_0002.wav\)"):
        read_submission(tmp_path, find_edition(2021), truths(2021))


def test_clips_may_go_by_their_original_names(tmp_path: Path) -> None:
    write_submission(tmp_path, submission_tables(find_edition(2023), sections(2023)))
    straight = read_submission(tmp_path, find_edition(2023), truths(2023))
    names = {f"section_00_original_{number}.wav": f"section_00_{number:04d}.wav" for number in range(8)}
    published = {name: original for original, name in names.items()}

    def renamed(rows: list[str]) -> list[str]:
        return [f"{published[name]},{value}" for name, value in (row.split(",") for row in rows)]

    rewrite(SCORES, renamed)(tmp_path)
    originals = {("fan", "00"): names}
    found = read_submission(tmp_path, find_edition(2023), truths(2023), original_names=originals)
    assert found[0].files == straight[0].files
    assert found[0].scores.tolist() == straight[0].scores.tolist()
    rewrite(SCORES, lambda rows: [*rows, "section_00_0000.wav,1"])(tmp_path)
    with pytest.raises(DataError, match=r"1 there under both of their names \(section_00_original_0.wav\)"):
        read_submission(tmp_path, find_edition(2023), truths(2023), original_names=originals)


def test_files_of_a_baseline_are_read(tmp_path: Path) -> None:
    write_submission(tmp_path, submission_tables(find_edition(2023), sections(2023)))
    for path in list(tmp_path.iterdir()):
        name = path.stem.replace("fan", "DCASE2023T2fan").replace("pump", "DCASE2023T2pump")
        path.rename(tmp_path / f"{name}_seed13711_id(0_)_Eval.csv")
    (tmp_path / "result_DCASE2023T2fan_test_seed13711_id(0_)_Eval_roc.csv").write_text("section,AUC\n")
    machines = [section.machine for section in read_submission(tmp_path, find_edition(2023), truths(2023))]
    assert machines == ["fan"] * 2 + ["pump"] * 2


def test_labels_come_from_development_names_without_a_ground_truth(tmp_path: Path) -> None:
    rows = [
        f"section_00_{domain}_test_{label}_{number:04d}_vel_{number}.wav,{number}"
        for domain in ("source", "target")
        for label in ("normal", "anomaly")
        for number in range(2)
    ]
    (tmp_path / SCORES).write_text("\n".join(rows))
    (section,) = read_submission(tmp_path, find_edition(2022))
    assert section.decisions is None
    assert section.labels.sum() == 4
    assert (section.domains == "target").sum() == 4
    rewrite(SCORES, lambda rows: [*rows, "section_00_0000.wav,1", "section_01_source_test_normal_0000.wav,1"])(tmp_path)
    with pytest.raises(DataError, match=r"2 whose name gives no label of section 00, so that a ground truth is needed"):
        read_submission(tmp_path, find_edition(2022))


def test_decisions_must_be_of_the_scored_clips(tmp_path: Path) -> None:
    names = [f"section_00_source_test_{label}_{number:04d}.wav" for label in ("normal", "anomaly") for number in (0, 1)]
    (tmp_path / SCORES).write_text("\n".join(f"{name},1" for name in names[:3]))
    (tmp_path / DECISIONS).write_text("\n".join(f"{name},1" for name in names[1:]))
    with pytest.raises(DataError) as error:
        read_submission(tmp_path, find_edition(2023))
    assert f"{DECISIONS}: 1 missing ({names[0]}); {DECISIONS}: 1 that were not scored ({names[3]})" in str(error.value)


def test_one_machine_alone(tmp_path: Path) -> None:
    write_submission(
        tmp_path,
        submission_tables(find_edition(2023), [section for section in sections(2023) if section.machine == "fan"]),
    )
    found = read_submission(tmp_path, find_edition(2023), truths(2023), machines=["fan"])
    assert [section.section for section in found] == ["00", "01"]
    with pytest.raises(DataError, match="4 files missing"):
        read_submission(tmp_path, find_edition(2023), truths(2023))
    with pytest.raises(DataError, match="The ground truth has no machine valve: expected one or more of fan, pump"):
        read_submission(tmp_path, find_edition(2023), truths(2023), machines=["fan", "valve"])


def test_no_submission_at_all(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is no folder: expected one that holds anomaly_score_<machine>_id_<id>.csv"):
        read_submission(tmp_path / "none", find_edition(2020))
    with pytest.raises(DataError, match=r"must hold score files such as .*; it holds nothing"):
        read_submission(tmp_path, find_edition(2021))
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "anomaly_score_fan_section_00_source_test.csv").touch()
    with pytest.raises(DataError, match=r"it holds dev\. Score files lie in .*dev: give that folder"):
        read_submission(tmp_path, find_edition(2021))
    with pytest.raises(UsageError, match="no edition 1999"):
        read_submission(tmp_path, find_edition(1999))
