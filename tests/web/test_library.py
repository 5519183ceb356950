from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from offkey.errors import AudioError
from offkey.web.explore.cache import Cache
from offkey.web.explore.explorer import Explorer
from offkey.web.explore.library import open_library
from offkey.web.failures import PageError


def test_ids_are_digests_that_stay_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = open_library("folder", root)
    assert len(set(library.ids)) == len(library) == 24
    assert all(len(clip) == 16 and int(clip, 16) >= 0 for clip in library.ids)
    monkeypatch.chdir(root.parent)
    assert open_library("folder", Path(root.name)).ids == library.ids
    clip = library.find("fan/test/anomaly_id_00_00000000.wav")
    assert clip is not None
    assert library.path(clip) == root / "fan/test/anomaly_id_00_00000000.wav"


def test_what_leads_out_of_the_folder_is_not_read(odd_root: Path) -> None:
    library = open_library("folder", odd_root)
    clip = library.find("fan/test/leads_out.wav")
    assert clip is not None
    with pytest.raises(PageError, match=r"leads out of the data set's folder") as caught:
        library.path(clip)
    assert caught.value.status == 403


def test_a_table_may_list_what_is_outside_but_it_is_not_read(root: Path, tmp_path: Path, hum) -> None:
    soundfile.write(tmp_path / "secret.wav", hum(), 16_000)
    table = root / "clips.csv"
    table.write_text(
        f"file,label\n../secret.wav,normal\n{tmp_path}/secret.wav,\nfan/train/normal_id_00_00000000.wav,0\n"
    )
    library = open_library("table", table)
    assert library.root == root
    for clip in library.ids[:2]:
        with pytest.raises(PageError, match="leads out"):
            library.path(clip)
    assert library.path(library.ids[2]).is_file()


def test_an_unknown_id_and_a_deleted_file_are_404(root: Path) -> None:
    library = open_library("folder", root)
    (root / library.name(library.ids[0])).unlink()
    for clip, message in ((library.ids[0], "is not there any more"), ("../../etc/passwd", "There is no clip")):
        with pytest.raises(PageError, match=message) as caught:
            library.path(clip)
        assert caught.value.status == 404


def test_names_of_any_bytes_are_found(odd_root: Path) -> None:
    library = open_library("folder", odd_root)
    clip = library.find("fan/test/gr\\xfc\\xdfe.wav")
    assert clip is not None
    assert library.recording(clip).rate == 16_000


def test_a_broken_clip_is_named_as_in_the_table(odd_root: Path) -> None:
    library = open_library("folder", odd_root)
    clip = library.find("fan/test/broken.wav")
    assert clip is not None
    with pytest.raises(AudioError, match=r"^fan/test/broken\.wav is no sound file"):
        library.recording(clip)


def test_columns_of_a_table_do_not_hide_our_own(root: Path, opened) -> None:
    table = root / "clips.csv"
    table.write_text("file,rate,score,id,batch\nfan/train/normal_id_00_00000000.wav,high,7,x,B1\n")
    library = open_library("table", table)
    assert library.table.select("rate (table)", "score (table)", "id (table)", "batch").rows() == [
        ("high", "7", "x", "B1")
    ]
    explorer = Explorer(library, Cache(root / "cache"))
    assert explorer.frame()["rate"].to_list() == [None]


def test_attributes_become_columns_of_their_own(root: Path, hum) -> None:
    for k in range(3):
        name = f"section_00_source_train_normal_{k:04d}_vel_{k}_rate_{k}.wav"
        soundfile.write(root / "fan" / "train" / name, hum(k), 16_000)
    library = open_library("folder", root)
    assert library.attributes == ["vel"]  # and "rate" is our own
    assert set(library.table["vel"].drop_nulls()) == {"0", "1", "2"}


def test_a_clip_that_stands_in_several_rows_has_an_id_for_each(root: Path) -> None:
    table = root / "clips.csv"
    table.write_text(
        "file,machine\nfan/train/normal_id_00_00000000.wav,fan\nfan/train/normal_id_00_00000000.wav,pump\n"
    )
    library = open_library("table", table)
    assert len(set(library.ids)) == 2
