from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.datasets.attributes import attribute_pairs, read_attributes, rebuild_attributes, write_attributes
from offkey.datasets.names import parse_name
from offkey.errors import DataError

TinyEdition = Callable[[int], Path]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("vel_6", [("vel", "6")]),
        ("car_A1_spd_28V_mic_1_noise_1", [("car", "A1"), ("spd", "28V"), ("mic", "1"), ("noise", "1")]),
        ("v1pat_05_v2pat_04", [("v1pat", "05"), ("v2pat", "04")]),
        ("f-n_A", [("f-n", "A")]),
        ("n-lv_L2", [("n-lv", "L2")]),
        ("panel_bs-c", [("panel", "bs-c")]),
        ("weight15_BckgF", [("weight", "15"), ("Bckg", "F")]),
        ("spd1900_BckgE", [("spd", "1900"), ("Bckg", "E")]),
        ("pro_A_wt_200_damage1", [("pro", "A"), ("wt", "200"), ("damage", "1")]),
        ("ac_0.03_", [("ac", "0.03")]),
        ("alone", [("alone", "")]),
        ("noAttribute", []),
        (None, []),
    ],
)
def test_pairs(text: str | None, pairs: list[tuple[str, str]]) -> None:
    assert list(attribute_pairs(text)) == pairs


words = st.text("abcdefgh", min_size=1, max_size=5)
values = st.one_of(st.integers(0, 99).map(str), st.sampled_from(["A1", "28V", "0.5", "L2"]))


@given(st.lists(st.tuples(words, values)))
def test_any_pairs_are_found_again(pairs: list[tuple[str, str]]) -> None:
    assert list(attribute_pairs("_".join(word for pair in pairs for word in pair))) == pairs


def test_published_values_of_2022_are_all_in_the_names(shared_data: Path) -> None:
    """The tables list a part of what the names tell, under other names: speed for spd."""
    rows = 0
    for file in (shared_data / "ground_truth" / "dcase2022" / "ground_truth_attributes").rglob("*.csv"):
        with file.open(newline="") as stream:
            for row in list(csv.reader(stream))[1:]:
                told = dict(attribute_pairs(parse_name(row[-1]).attributes))
                published = set(row[2:-1:2]) - {""}
                assert published <= set(told.values())
                rows += 1
    assert rows == 4200


@pytest.fixture
def bearing(tiny_edition: TinyEdition, tmp_path: Path) -> Path:
    shutil.copytree(tiny_edition(2022), tmp_path / "set")
    return tmp_path / "set"


def test_missing_tables_are_rebuilt(bearing: Path) -> None:
    tables = rebuild_attributes(bearing)
    assert [(table.path.name, table.state, len(table.rows)) for table in tables] == [
        ("attributes_00.csv", "missing", 36),
        ("attributes_01.csv", "missing", 36),
        ("attributes_03.csv", "missing", 20),  # the evaluation's test clips tell nothing
        ("attributes_04.csv", "missing", 20),
    ]
    assert not list(bearing.rglob("*.csv.*"))
    assert not tables[0].path.exists()
    for table in tables:
        write_attributes(table)
    lines = tables[0].path.read_text().splitlines()
    assert lines[0] == "file_name,d1p,d1v"
    assert lines[1] == "bearing/train/section_00_source_train_normal_0000_vel_6.wav,vel,6"
    assert {table.state for table in rebuild_attributes(bearing)} == {"same"}


def test_rows_of_different_length_are_padded_and_hidden_ones_empty(tmp_path: Path) -> None:
    (tmp_path / "fan" / "train").mkdir(parents=True)
    for end in ("0000_m_1", "0001_m_1_n_2", "0002_noAttribute"):
        (tmp_path / "fan" / "train" / f"section_00_source_train_normal_{end}.wav").touch()
    (table,) = rebuild_attributes(tmp_path)
    write_attributes(table)
    lines = table.path.read_text().splitlines()
    assert [line.split(",", 1)[1] for line in lines] == ["d1p,d1v,d2p,d2v", "m,1,,", "m,1,n,2", ",,,"]
    assert list(read_attributes(table.path).values()) == [(("m", "1"),), (("m", "1"), ("n", "2")), ()]


def test_every_difference_is_shown(bearing: Path) -> None:
    table = rebuild_attributes(bearing)[0]
    write_attributes(table)
    text = table.path.read_text()
    stem = "section_00_source_train_normal_0001_vel_6"
    table.path.write_text(text.replace(f"{stem}.wav,vel,6", f"{stem}.wav,vel,8"))
    changed = rebuild_attributes(bearing)[0]
    assert (changed.state, changed.differences) == (
        "different",
        (f"{stem}: vel=8 in the table, vel=6 by its name.",),
    )
    table.path.write_text(text.replace(f"bearing/train/{stem}.wav,vel,6", "bearing/train/other.wav,vel,6"))
    changed = rebuild_attributes(bearing)[0]
    assert (changed.state, changed.differences) == (
        "broken",
        (f"{stem} is not listed.", "other is listed, but there is no such clip."),
    )


def test_tables_without_folder_and_ending_are_understood(bearing: Path) -> None:
    table = rebuild_attributes(bearing)[0]
    write_attributes(table)
    table.path.write_text(
        table.path.read_text().replace(".wav", "").replace("bearing/train/", "").replace("bearing/test/", "")
    )
    assert rebuild_attributes(bearing)[0].state == "same"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"must begin with file_name,d1p,d1v; found 'nothing'"),
        ("name,d1p\n", "found 'name,d1p'"),
        ("file_name,d1p,d1v\na.wav,vel,6\nx/a.wav,vel,7\n", "line 3: x/a.wav is listed twice"),
        ("file_name,d1p,d1v\na.wav,vel\n", "line 2: a.wav has a parameter without a value"),
        (b"file_name,d1p\n\xff,", "is no CSV file in UTF-8"),
    ],
)
def test_broken_table_is_refused_and_can_be_rebuilt(bearing: Path, text: str | bytes, message: str) -> None:
    path = rebuild_attributes(bearing)[0].path
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError, match=message):
        read_attributes(path)
    table = rebuild_attributes(bearing)[0]
    assert (table.state, len(table.differences)) == ("broken", 1)
    write_attributes(table)
    assert rebuild_attributes(bearing)[0].state == "same"


def test_editions_without_attributes_are_refused(tiny_edition: TinyEdition) -> None:
    with pytest.raises(DataError, match="of the form of DCASE 2021, which has no attribute tables"):
        rebuild_attributes(tiny_edition(2021))
    with pytest.raises(DataError, match="named as in DCASE 2022 and later"):
        rebuild_attributes(tiny_edition(2020))


def test_table_of_rebuilt_mimii_is_the_same(shared_data: Path, tmp_path: Path) -> None:
    """The script that rebuilds MIMII clips writes its own table, independently of this one."""
    import subprocess
    import sys

    script = shared_data / "rebuild_mimii.py"
    arguments = ["--layout", "dcase2023", "--ids", "00", "--train", "6", "--test", "4", "--seconds", "0.1"]
    subprocess.run([sys.executable, script, tmp_path, *arguments], check=True)
    (table,) = rebuild_attributes(tmp_path)
    assert (table.state, table.differences, len(table.rows)) == ("same", (), 14)
