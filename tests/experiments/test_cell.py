from __future__ import annotations

from pathlib import Path

import pytest

from offkey.audio import RemoteRecording
from offkey.experiments.cell import Cell, CellKey, Clip, clips_of, sources


def _row(file: Path, label: str | None = None) -> dict[str, str | None]:
    return {"file": str(file), "domain": "source", "label": label, "attributes": "vel_6"}


def test_clips_are_named_by_their_path_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "fan").mkdir()
    (tmp_path / "fan" / "a.wav").write_bytes(b"RIFF")
    there, gone, outside = clips_of(
        [_row(tmp_path / "fan" / "a.wav", "anomaly"), _row(tmp_path / "b.wav"), _row(Path("/else/c.wav"), "normal")],
        tmp_path,
    )
    assert (there.name, there.label, there.domain, there.attributes) == ("fan/a.wav", 1, "source", "vel_6")
    assert there.key.startswith("fan/a.wav|4|")
    assert (gone.name, gone.label, gone.key) == ("b.wav", None, "b.wav|missing")
    assert (outside.name, outside.label) == ("/else/c.wav", 0)
    assert clips_of([_row(tmp_path / "b.wav")])[0].name == str(tmp_path / "b.wav")


@pytest.mark.parametrize(
    ("key", "name", "title"),
    [
        (("dev", "fan", "00", None), "fan 00", "fan 00"),
        (("dev", "fan", None, -6.0), "fan at -6 dB", "fan at -6 dB"),
        (("eval", None, None, None), "the machine", "all clips"),
    ],
)
def test_a_cell_is_called_by_machine_section_and_snr(key: tuple, name: str, title: str) -> None:
    cell = Cell(*key, (), ())
    assert (cell.name, cell.title, cell.key) == (name, title, key)
    assert CellKey.of(dict(zip(CellKey._fields, key, strict=True)) | {"auc": 1}) == cell.key


def test_domains_count_where_all_are_known_and_there_are_several() -> None:
    def cell(*domains: str | None) -> Cell:
        return Cell("dev", "fan", "00", None, tuple(Clip(Path("a"), "a", one, 0, "a") for one in domains), ())

    assert cell("source", "target").domains == ["source", "target"]
    assert cell("source", "source").domains is None
    assert cell("source", None, "target").domains is None


def test_clips_of_a_store_are_opened_one_after_the_other() -> None:
    here = Clip(Path("a.wav"), "a.wav", None, None, "a")
    there = Clip(Path("b.wav"), "b.wav", None, None, "b", url="memory://b.wav")
    assert sources([here]) == [Path("a.wav")]
    first, second = sources([here, there])
    assert first == Path("a.wav")
    assert isinstance(second, RemoteRecording)
