from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
import soundfile

from offkey.datasets.editions import find_edition
from offkey.errors import DataError
from offkey.experiments.plan import make_plan

SECTIONS = {  # of the development and of the evaluation set of the tiny editions
    2020: ("fan 00, fan 02", "fan 01, fan 03"),
    2021: ("fan 00, fan 01", "fan 03, fan 04"),
    2022: ("bearing 00, bearing 01", "bearing 03, bearing 04"),
    2023: ("fan 00", "Vacuum 00"),
    2024: ("ToyTrain 00", "3DPrinter 00"),
    2025: ("bearing 00", "ToyPet 00"),
    2026: ("ToyCarEmu 00", "Sander 00"),
}


@pytest.mark.parametrize("year", SECTIONS)
def test_cells_and_counts_of_each_edition(year: int, tiny_edition) -> None:
    root = tiny_edition(year)
    plan = make_plan(f"dcase{year}", root, parts=("dev", "eval"), ground_truth=root / "ground_truth")
    assert plan.edition is find_edition(year)
    assert plan.channel == 0
    for part, expected in zip(("dev", "eval"), SECTIONS[year], strict=True):
        cells = [cell for cell in plan.cells if cell.part == part]
        assert ", ".join(cell.name for cell in cells) == expected
        for cell in cells:
            assert len(cell.train) == 20
            domains = {2020: {None: 20}, 2021: {"source": 17, "target": 3}}.get(year, {"source": 18, "target": 2})
            assert Counter(clip.domain for clip in cell.train) == domains
            assert (cell.domains is None) == (year == 2020)
            assert Counter(clip.label for clip in cell.test) == {0: 8, 1: 8}
            if year != 2020:
                assert Counter(clip.domain for clip in cell.test) == {"source": 8, "target": 8}
    supplemental = [note for note in plan.notes if "supplemental" in note]
    assert len(supplemental) == (2 if year == 2025 else 0)
    assert list(dict.fromkeys(cell.part for cell in plan.cells)) == ["dev", "eval"]


def test_labels_stay_secret_without_a_ground_truth(tiny_edition) -> None:
    plan = make_plan("dcase2023", tiny_edition(2023), parts=("eval",))
    assert {clip.label for clip in plan.cells[0].test} == {None}
    assert {clip.domain for clip in plan.cells[0].test} == {None}


def test_a_folder_of_ground_truths_is_understood(tiny_edition, tmp_path: Path) -> None:
    root = tiny_edition(2023)
    shutil.copytree(root / "ground_truth", tmp_path / "dcase2023")
    plan = make_plan("dcase2023", root, parts=("eval",), ground_truth=tmp_path)
    assert {clip.label for clip in plan.cells[0].test} == {0, 1}


def test_names_go_from_the_folder_of_the_set(tiny_edition) -> None:
    plan = make_plan("dcase2020", tiny_edition(2020))
    assert plan.cells[0].test[0].name == "dev_data/fan/test/anomaly_id_00_00000001.wav"


def test_the_key_of_a_clip_tells_when_it_changes(tmp_path: Path, hum) -> None:
    for split in ("train", "test"):
        (tmp_path / "fan" / split).mkdir(parents=True)
        soundfile.write(tmp_path / "fan" / split / "normal_id_00_00000000.wav", hum(0), 16_000)

    def keys() -> list[str]:
        return [clip.key for cell in make_plan("dcase2020", tmp_path).cells for clip in (*cell.train, *cell.test)]

    before = keys()
    assert before == keys()
    soundfile.write(tmp_path / "fan" / "test" / "normal_id_00_00000000.wav", hum(1, seconds=2), 16_000)
    after = keys()
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_a_part_that_is_not_there_is_an_error(tiny_edition) -> None:
    with pytest.raises(DataError, match="has no clips of the evaluation set: found those of dev alone; see --part"):
        make_plan("dcase2020", tiny_edition(2020) / "dev_data", parts=("eval",))


def test_each_snr_is_a_cell_of_its_own(tmp_path: Path, hum) -> None:
    for snr in ("6dB", "min6dB"):
        for label, count in (("normal", 9), ("abnormal", 3)):
            folder = tmp_path / snr / "fan" / "id_00" / label
            folder.mkdir(parents=True)
            for k in range(count):
                soundfile.write(folder / f"{k:08d}.wav", hum(k, seconds=0.1), 16_000)
    plan = make_plan("mimii", tmp_path)
    assert [cell.name for cell in plan.cells] == ["fan 00 at -6 dB", "fan 00 at 6 dB"]
    assert plan.edition is None
    for cell in plan.cells:
        assert (len(cell.train), Counter(clip.label for clip in cell.test)) == (6, {0: 3, 1: 3})


def test_a_folder_without_splits_is_divided_as_mimii_is(tmp_path: Path, hum) -> None:
    for label, count in (("normal", 10), ("anomaly", 8)):
        (tmp_path / label).mkdir()
        for k in range(count):
            soundfile.write(tmp_path / label / f"{k}.wav", hum(k, seconds=0.1), 16_000)
    plan = make_plan("folder", tmp_path)
    (cell,) = plan.cells
    assert cell.name == "the machine"
    assert len(cell.train) == 5
    assert Counter(clip.label for clip in cell.test) == {0: 5, 1: 8}
    assert not {clip.name for clip in cell.train} & {clip.name for clip in cell.test}
    assert "the machine has no split: as in MIMII" in plan.notes[0]


def test_what_a_table_holds_beside_training_and_test_is_left_out_and_said(tmp_path: Path, hum) -> None:
    rows = ["file,machine,section,split,label"]
    splits = ["train"] * 6 + ["validation"] * 2 + ["test"] * 4
    for k, split in enumerate(splits):
        soundfile.write(tmp_path / f"{k}.wav", hum(k, seconds=0.1), 16_000)
        rows.append(f"{k}.wav,pump,01,{split},{'anomaly' if k in (5, 10, 11) else 'normal'}")
    (tmp_path / "t.csv").write_text("\n".join(rows))
    plan = make_plan("table", tmp_path / "t.csv")
    (cell,) = plan.cells
    assert [clip.name for clip in cell.train] == [f"{k}.wav" for k in range(5)]
    assert [(clip.name, clip.label) for clip in cell.test] == [
        ("8.wav", 0),
        ("9.wav", 0),
        ("10.wav", 1),
        ("11.wav", 1),
    ]
    assert plan.notes == (
        "pump 01: 2 validation clips are neither learnt from nor scored.",
        "pump 01: 1 training clips are labelled anomalous and left out.",
    )


def test_a_machine_without_test_clips_is_said(tiny_edition, tmp_path: Path) -> None:
    shutil.copytree(tiny_edition(2020) / "dev_data", tmp_path / "d")
    shutil.copytree(tmp_path / "d" / "fan" / "train", tmp_path / "d" / "pump" / "train")
    plan = make_plan("dcase2020", tmp_path / "d")
    assert [cell.machine for cell in plan.cells] == ["fan", "fan"]
    assert "pump 00 (dev) has no test clips: nothing of it is scored." in plan.notes
    shutil.rmtree(tmp_path / "d" / "fan")
    with pytest.raises(DataError, match="no test clips in the development set"):
        make_plan("dcase2020", tmp_path / "d")
