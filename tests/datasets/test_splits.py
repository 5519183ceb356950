from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile
from numpy.typing import NDArray

from offkey.datasets.proxies import FaultMix
from offkey.datasets.readers import read_dataset
from offkey.datasets.splits import HoldOut, hold_out
from offkey.datasets.table import make_table, read_table, write_table
from offkey.errors import DataError, OffkeyError, ParameterError

Hum = Callable[..., NDArray[np.float32]]
TinyEdition = Callable[[int], Path]


def clips(
    n: int = 100, *, sections: str = "00 02", machine: str = "fan", domains: tuple[str, ...] = ()
) -> pl.DataFrame:
    return make_table(
        {
            "file": f"{machine}/train/normal_id_{section}_{k:08d}.wav",
            "machine": machine,
            "section": section,
            "split": "train",
            "label": "normal",
            "domain": domains[k % len(domains)] if domains else None,
        }
        for section in sections.split()
        for k in range(n)
    )


def parts(table: pl.DataFrame) -> dict[tuple[str, str, str], int]:
    return dict(Counter(table.select("section", "split", "label").iter_rows()))


def test_shares_by_section_with_equally_many_proxies() -> None:
    table = hold_out(clips(), HoldOut()).table
    for section in ("00", "02"):
        chosen = {(split, label): n for (of, split, label), n in parts(table).items() if of == section}
        assert chosen == {
            ("train", "normal"): 70,
            ("validation", "normal"): 10,
            ("validation", "anomaly"): 10,
            ("test", "normal"): 20,
            ("test", "anomaly"): 20,
        }


def test_proxies_are_called_so_and_come_from_held_out_clips_of_other_ids() -> None:
    table = hold_out(clips(), HoldOut()).table
    proxies = table.filter(pl.col("label") == "anomaly")
    assert set(proxies.select("section", "proxy").iter_rows()) == {("00", "other id 02"), ("02", "other id 00")}
    assert table.filter(pl.col("label") == "normal")["proxy"].null_count() == 200
    own = {row["file"]: row["split"] for row in table.filter(pl.col("proxy").is_null()).iter_rows(named=True)}
    assert all(own[row["file"]] == row["split"] for row in proxies.iter_rows(named=True))


def test_same_seed_draws_the_same_whatever_else_there_is() -> None:
    whole = hold_out(clips(sections="00 02 04"), HoldOut()).table.filter(pl.col("proxy").is_null())
    fewer = hold_out(clips(sections="00 02").sample(fraction=1.0, shuffle=True, seed=3), HoldOut()).table
    fewer = fewer.filter(pl.col("proxy").is_null())
    assert whole.filter(pl.col("section") != "04").equals(fewer)
    other = hold_out(clips(), HoldOut(seed=1)).table.filter(pl.col("proxy").is_null())
    assert not other["split"].equals(fewer["split"])


def test_domains_are_divided_by_themselves() -> None:
    table = hold_out(clips(domains=("source", *9 * ["target"])), HoldOut(validation=0.1, test=0.2)).table
    normal = table.filter(pl.col("label") == "normal", pl.col("section") == "00")
    assert Counter(normal.select("domain", "split").iter_rows()) == {
        ("source", "train"): 7,
        ("source", "validation"): 1,
        ("source", "test"): 2,
        ("target", "train"): 63,
        ("target", "validation"): 9,
        ("target", "test"): 18,
    }


def test_only_normal_training_clips_are_divided(tiny_edition: TinyEdition) -> None:
    table = read_dataset("dcase2020", tiny_edition(2020))
    split = hold_out(table, HoldOut()).table
    assert set(split["file"]) == set(table.filter(pl.col("split") == "train")["file"])
    assert Counter(split.filter(pl.col("proxy").is_null())["split"]) == {"train": 56, "validation": 8, "test": 16}


def test_written_table_can_be_read(tiny_edition: TinyEdition, tmp_path: Path) -> None:
    split = hold_out(read_dataset("dcase2020", tiny_edition(2020)), HoldOut()).table
    write_table(split, tmp_path / "splits.csv")
    again = read_table(tmp_path / "splits.csv")
    assert again.equals(split)


@pytest.mark.parametrize(
    ("table", "how", "message"),
    [
        (make_table([]), HoldOut(), "no normal training clips"),
        (clips(sections="00"), HoldOut(), "machines have one id each; name a fault"),
        (clips(), HoldOut(other_ids=False), "Nothing can stand in"),
        (clips(2), HoldOut(), "fan 00 has too few training clips for a split 'validation': found 2"),
        (clips(1), HoldOut(validation=0, test=0.6), "too few training clips for a split 'train'"),
    ],
)
def test_what_cannot_be_divided_is_refused(table: pl.DataFrame, how: HoldOut, message: str) -> None:
    with pytest.raises(DataError, match=message):
        hold_out(table, how)


@pytest.mark.parametrize(("validation", "test"), [(0, 0), (0.5, 0.5), (-0.1, 0.5), (0.1, 1.0)])
def test_shares_are_checked(validation: float, test: float) -> None:
    with pytest.raises(ParameterError, match="must lie between 0 and 1"):
        HoldOut(validation, test)


@pytest.fixture
def recorded(tmp_path: Path, hum: Hum) -> pl.DataFrame:
    folder = tmp_path / "set"
    folder.mkdir()
    rows = []
    for k in range(10):
        path = folder / f"section_00_source_train_normal_{k:04d}_.wav"
        sound = np.stack([hum(k), 0.1 * hum(k + 100)], axis=1)
        soundfile.write(path, sound, 16_000)
        known = {"machine": "Sander", "section": "00", "split": "train", "label": "normal", "channel": 0}
        rows.append({"file": str(path), **known})
    return make_table(rows)


def test_faults_are_mixed_into_new_files(recorded: pl.DataFrame, tmp_path: Path) -> None:
    steps: list[int] = []
    mix = FaultMix(("leak", "squeal"), snr_db=6.0)
    out = tmp_path / "proxies"
    result = hold_out(
        recorded,
        HoldOut(0.2, 0.2),
        faults=mix,
        proxy_folder=out,
        progress=lambda total: steps.append(total) or (lambda: steps.append(1)),
    )
    proxies = result.table.filter(pl.col("label") == "anomaly")
    assert result.left_out == []
    assert steps == [4, 1, 1, 1, 1]
    assert Counter(proxies.select("split", "proxy").iter_rows()) == {
        (split, f"fault {fault} at 6 dB"): 1 for split in ("validation", "test") for fault in ("leak", "squeal")
    }
    held_out = {Path(f).stem: f for f in result.table.filter(pl.col("proxy").is_null())["file"]}
    for file in proxies["file"]:
        assert Path(file).is_relative_to(out / "Sander" / "00")
        original, rate = soundfile.read(held_out[Path(file).stem.rsplit("_", 1)[0]], dtype="float32")
        mixed, _ = soundfile.read(file, dtype="float32")
        assert rate == 16_000
        assert mixed.shape == original.shape
        assert np.array_equal(mixed[:, 1], original[:, 1])  # the far microphone is left alone
        assert np.abs(mixed[:, 0] - original[:, 0]).max() > 1e-3
        assert np.std(mixed[:, 0]) == pytest.approx(np.std(original[:, 0]), rel=0.01)


def test_faults_take_turns_in_each_section(recorded: pl.DataFrame, tmp_path: Path) -> None:
    two = pl.concat([recorded.with_columns(section=pl.lit(section)) for section in ("00", "01")])
    mix = FaultMix(("leak", "squeal"))
    table = hold_out(two, HoldOut(0.4, 0.4, other_ids=False), faults=mix, proxy_folder=tmp_path / "p").table
    proxies = table.filter(pl.col("proxy").is_not_null())
    assert set(Counter(proxies.select("section", "split", "proxy").iter_rows()).values()) == {2}


def test_faults_are_the_same_by_seed(recorded: pl.DataFrame, tmp_path: Path) -> None:
    def content(name: str, seed: int) -> dict[str, bytes]:
        table = hold_out(
            recorded, HoldOut(0.2, 0.2, seed=seed), faults=FaultMix(("leak",)), proxy_folder=tmp_path / name
        ).table
        return {Path(f).name: Path(f).read_bytes() for f in table.filter(pl.col("proxy").is_not_null())["file"]}

    first = content("a", 0)
    assert first == content("b", 0) != content("c", 1)
    assert not any(b"PEAK" in sound for sound in first.values())  # which holds the time of day


def test_clips_of_one_name_get_their_own_files(recorded: pl.DataFrame, tmp_path: Path) -> None:
    twice = pl.concat([recorded.with_columns(snr_db=pl.lit(snr)) for snr in (6.0, -6.0)])
    table = hold_out(twice, HoldOut(0.1, 0.1), faults=FaultMix(("leak",)), proxy_folder=tmp_path / "p").table
    files = table.filter(pl.col("proxy").is_not_null())["file"].to_list()
    assert len(files) == len(set(files)) == 4


def test_clip_that_takes_no_fault_is_left_out(recorded: pl.DataFrame, tmp_path: Path, hum: Hum) -> None:
    for file in recorded["file"]:
        soundfile.write(file, np.zeros((16_000, 2)), 16_000)
    (Path(recorded["file"][0])).unlink()
    with pytest.raises(DataError, match=r"No fault could be mixed into any of 3 held-out clips, .*; of the first: "):
        hold_out(recorded, HoldOut(), faults=FaultMix(("leak",)), proxy_folder=tmp_path / "p")
    soundfile.write(recorded["file"][1], np.stack([hum(1), hum(2)], axis=1), 16_000)
    result = hold_out(recorded, HoldOut(0.0, 0.9), faults=FaultMix(("leak",)), proxy_folder=tmp_path / "p")
    assert len(result.left_out) == 8
    assert len(result.table.filter(pl.col("proxy").is_not_null())) == 1


def test_wrong_faults_and_places_are_refused(recorded: pl.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"There is no fault 'rust': expected one of .*leak"):
        FaultMix(("rust",))
    with pytest.raises(ParameterError, match="at least one fault"):
        FaultMix(())
    with pytest.raises(ParameterError, match="need a folder"):
        hold_out(recorded, HoldOut(), faults=FaultMix(("leak",)))
    (tmp_path / "file").touch()
    with pytest.raises(OffkeyError, match="cannot be made"):
        hold_out(recorded, HoldOut(), faults=FaultMix(("leak",)), proxy_folder=tmp_path / "file")


def test_a_proxy_is_of_the_part_of_the_section_that_it_stands_in_for() -> None:
    sections = {"00": "dev", "03": "eval"}
    rows = [row | {"part": sections[row["section"]]} for row in clips(sections="00 03").iter_rows(named=True)]
    table = hold_out(make_table(rows), HoldOut()).table.filter(pl.col("proxy").is_not_null())
    assert set(table.select("section", "part", "proxy").iter_rows()) == {
        ("00", "dev", "other id 03"),
        ("03", "eval", "other id 00"),
    }


def test_why_nothing_can_stand_in_for_anomalies_is_said_truly() -> None:
    with pytest.raises(DataError, match="clips of other ids are not to; name a fault"):
        hold_out(clips(), HoldOut(other_ids=False))
    apart = [row | {"snr_db": 6.0 if row["section"] == "00" else 0.0} for row in clips().iter_rows(named=True)]
    with pytest.raises(DataError, match="the machines have one id each at each signal-to-noise ratio; name a fault"):
        hold_out(make_table(apart), HoldOut())
