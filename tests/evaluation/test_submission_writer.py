from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from offkey.datasets.editions import find_edition
from offkey.errors import DataError, OffkeyError, UsageError
from offkey.evaluation.sections import SectionScores
from offkey.evaluation.submission_writer import submission_tables, write_submission

Make = Callable[..., SectionScores]


@pytest.mark.parametrize(
    ("year", "names"),
    [
        (2020, ["anomaly_score_fan_id_00.csv"]),
        (
            2021,
            [
                f"{kind}_fan_section_00_{domain}_test.csv"
                for kind in ("anomaly_score", "decision_result")
                for domain in ("source", "target")
            ],
        ),
        (2022, ["anomaly_score_fan_section_00_test.csv", "decision_result_fan_section_00_test.csv"]),
        (2025, ["anomaly_score_fan_section_00_test.csv", "decision_result_fan_section_00_test.csv"]),
    ],
)
def test_exactly_the_files_of_the_edition(tmp_path: Path, make_section: Make, year: int, names: list[str]) -> None:
    wrote = write_submission(tmp_path / "new" / "folder", submission_tables(find_edition(year), [make_section()]))
    assert [path.name for path in wrote] == names
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(names)


def test_rows_have_name_and_value_and_no_header(tmp_path: Path) -> None:
    section = SectionScores(
        "fan",
        "00",
        ("b.wav", "a.wav"),
        np.array([0.1, 1 / 3]),
        np.zeros(2, dtype=np.int8),
        np.full(2, ""),
        np.array([1, 0], dtype=np.int8),
    )
    scores, decisions = write_submission(tmp_path, submission_tables(find_edition(2023), [section]))
    assert scores.read_bytes() == b"a.wav,0.3333333333333333\nb.wav,0.1\n"
    assert decisions.read_bytes() == b"a.wav,0\nb.wav,1\n"


def test_nothing_is_written_before_all_is_checked(tmp_path: Path, make_section: Make) -> None:
    good, bad = make_section(), make_section("pump")
    bad.scores[3] = np.nan
    with pytest.raises(DataError, match=r"in section 00 of pump those of clip_0003.wav are not"):
        write_submission(tmp_path / "out", submission_tables(find_edition(2023), [good, bad]))
    assert not (tmp_path / "out").exists()


def test_what_no_edition_takes_is_refused(tmp_path: Path, make_section: Make) -> None:
    section = make_section()
    with pytest.raises(DataError, match="is there twice"):
        submission_tables(find_edition(2023), [section, section])
    with pytest.raises(DataError, match=r"section 00 of fan has twice: clip_0001.wav"):
        write_submission(
            tmp_path,
            submission_tables(find_edition(2023), [replace(section, files=("clip_0001.wav", *section.files[1:]))]),
        )
    with pytest.raises(UsageError, match="submission of 2022 needs decisions, but section 00 of fan has none"):
        submission_tables(find_edition(2022), [replace(section, decisions=None)])
    with pytest.raises(DataError, match=r"in section 00 of fan the domain of clip_0000.wav, .* and 35 more is unknown"):
        submission_tables(find_edition(2021), [make_section(domains=False)])
    empty = SectionScores("fan", "00", (), np.empty(0), np.empty(0, dtype=np.int8), np.empty(0, dtype=np.str_))
    with pytest.raises(DataError, match="section 00 of fan has none"):
        submission_tables(find_edition(2020), [empty])
    (tmp_path / "file").touch()
    with pytest.raises(OffkeyError, match="cannot be made"):
        write_submission(tmp_path / "file", submission_tables(find_edition(2023), [section]))
