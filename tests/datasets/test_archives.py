from __future__ import annotations

import pytest

from offkey.datasets.archives import downloadable, find_archives, parts_of
from offkey.datasets.editions import published_set
from offkey.errors import UsageError


def test_every_edition_can_be_fetched() -> None:
    assert downloadable() == [*(f"dcase{year}" for year in range(2020, 2027)), "mimii"]


@pytest.mark.parametrize("year", range(2020, 2027))
def test_all_machines_of_all_parts_have_an_archive(year: int) -> None:
    dataset = f"dcase{year}"
    assert parts_of(dataset) == ["dev", "additional", "eval"]
    for part, published in (("dev", "dev"), ("additional", "eval"), ("eval", "eval")):
        archives = find_archives(dataset, parts=[part])
        assert sorted(archive.machine for archive in archives) == sorted(published_set(dataset).machines_of(published))
        assert len({archive.name for archive in archives}) == len(archives)
        assert {archive.folder.split("/")[0] for archive in archives} == {f"{published}_data"}


@pytest.mark.parametrize(
    ("dataset", "machine", "part", "record", "name"),
    [
        ("dcase2020", "slider", "dev", "3678171", "dev_data_slider.zip"),
        ("dcase2020", "slider", "additional", "3727685", "eval_data_train_slider.zip"),
        ("dcase2021", "ToyCar", "eval", "4884786", "eval_data_ToyCar_test.zip"),
        ("dcase2022", "bearing", "dev", "6355122", "dev_bearing.zip"),
        ("dcase2024", "3dprinter", "additional", "11259435", "eval_data_3DPrinter_train_r2.zip"),
        ("dcase2024", "Scanner", "additional", "11259435", "eval_data_Scanner_train.zip"),
        ("mimii", "fan", "min6dB", "3384388", "-6_dB_fan.zip"),
    ],
)
def test_archive_of_one_machine(dataset: str, machine: str, part: str, record: str, name: str) -> None:
    (archive,) = find_archives(dataset, [machine], [part])
    assert (archive.record, archive.name) == (record, name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dcase2019",), "'dcase2019' cannot be fetched: expected one of dcase2020, .*mimii"),
        (("toyadmos",), "7-zip volumes: zenodo.org/records/3351307"),
        (("dcase2020", None, ["test"]), "dcase2020 has no part 'test': it has dev, additional, eval"),
        (("dcase2023", ["bandsaw"], ["dev"]), "no machine 'bandsaw' in its part dev: it has bearing, fan"),
        (("mimii", ["press"]), "mimii has no machine 'press': it has fan, pump, slider, valve"),
    ],
)
def test_unknown_is_refused_with_what_there_is(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find_archives(*arguments)  # type: ignore[arg-type]
