"""Which editions there are: those of offkey, and those of a folder of the user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from offkey.datasets import names, parse_name
from offkey.datasets.editions import edition_names, edition_span, find_edition, published_set, published_sets
from offkey.errors import DataError, UsageError

FILE = Path(__file__).with_name("dcase2027.toml")


def test_an_edition_is_found_by_year_and_name() -> None:
    assert edition_span() == "dcase2020 to dcase2026"
    found = find_edition("dcase2020")
    assert found is find_edition(2020) is find_edition("2020") is published_set("dcase2020")
    for wrong in (2019, "dcase2027", "", "twenty", "../dcase2020"):
        with pytest.raises(UsageError, match=r"expected one of 2020, 2021, .*2026\."):
            find_edition(wrong)
    with pytest.raises(
        UsageError, match=r"A file dcase2027.toml in the folder that the variable OFFKEY_EDITIONS names"
    ):
        find_edition(2027)
    assert [one.name for one in published_sets()] == [*edition_names(), "mimii"]


def test_a_user_adds_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_name("a/kiln/x.wav").machine is None
    (tmp_path / FILE.name).write_bytes(FILE.read_bytes())
    (tmp_path / "pyproject.toml").write_text("no edition")
    monkeypatch.setenv("OFFKEY_EDITIONS", str(tmp_path))
    assert edition_span() == "dcase2020 to dcase2027"
    assert names()[7:9] == ["dcase2027", "mimii"]
    assert find_edition(2027).machines_of("eval") == ["ToyLoom"]
    assert parse_name("a/kiln/x.wav").machine == "Kiln"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("dcase27.toml", "must be named after its year, as in dcase2027.toml"),
        ("dcase2020.toml", "is there already, as .*dcase2020.toml: remove one of them"),
    ],
)
def test_a_name_of_no_edition_or_of_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    (tmp_path / name).write_bytes(FILE.read_bytes())
    monkeypatch.setenv("OFFKEY_EDITIONS", str(tmp_path))
    with pytest.raises(DataError, match=message):
        edition_names()
