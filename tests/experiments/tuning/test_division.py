from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.datasets.table import make_table
from offkey.errors import DataError, ParameterError
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.tuning.division import cells_of, divide, divide_ids


def _clip(name: str, label: int) -> Clip:
    return Clip(Path(name), name, None, label, name)


def _cells(n_ids: dict[str, int], snrs: tuple[float | None, ...] = (None,)) -> list[Cell]:
    return [
        Cell("dev", machine, f"{k:02d}", snr, (_clip("t.wav", 0),) * 5, (_clip("a.wav", 0), _clip("b.wav", 1)))
        for machine, n in n_ids.items()
        for k in range(n)
        for snr in snrs
    ]


@given(
    st.dictionaries(st.sampled_from(["fan", "pump", "slider", "valve"]), st.integers(1, 6), min_size=1).filter(
        lambda n_ids: sum(n_ids.values()) > 1
    ),
    st.floats(0.01, 0.99),
    st.integers(0, 5),
)
def test_ids_lie_wholly_on_one_side(n_ids: dict[str, int], share: float, seed: int) -> None:
    cells = _cells(n_ids, snrs=(6.0, -6.0))
    division = divide_ids(cells, share, seed)
    tuning, reporting = ({cell.id for cell in part} for part in (division.tuning, division.reporting))
    assert tuning
    assert reporting
    assert not tuning & reporting
    assert sorted(map(str, [*division.tuning, *division.reporting])) == sorted(map(str, cells))
    assert abs(len(reporting) - share * sum(n_ids.values())) <= 1
    for machine, n in n_ids.items():  # as even as can be in each machine
        assert abs(sum(one == machine for one, _ in reporting) - len(reporting) / sum(n_ids.values()) * n) < 2


def test_the_seed_draws_the_ids() -> None:
    cells = _cells({"fan": 4, "pump": 4})
    drawn = {tuple(cell.id for cell in divide_ids(cells, 0.5, seed).reporting) for seed in range(8)}
    assert len(drawn) > 2
    assert divide_ids(cells, 0.5, 3) == divide_ids(cells, 0.5, 3)


def _row(k: int, split: str, label: str | None, **other) -> dict:
    return {
        "file": f"{split}_{label}_{k}.wav",
        "machine": "fan",
        "section": "00",
        "split": split,
        "label": label,
    } | other


def _one_id(n: int = 6, domains: tuple[str | None, ...] = (None,)) -> list[dict]:
    rows = [_row(k, "train", "normal") for k in range(8)]
    for label in ("normal", "anomaly"):
        rows += [
            _row(k, "test", label, domain=domain, file=f"{label}_{domain}_{k}.wav")
            for k in range(n)
            for domain in domains
        ]
    return rows


def test_of_one_id_the_clips_are_divided_and_a_note_says_so() -> None:
    division = divide(make_table(_one_id(6, ("source", "target"))), report_share=0.5)
    (tuning,), (reporting,) = division.tuning, division.reporting
    assert not set(tuning.test) & set(reporting.test)
    assert len(tuning.test) + len(reporting.test) == 24
    assert tuning.train == reporting.train
    for part in (tuning, reporting):
        counts = [
            sum((clip.label, clip.domain) == one for clip in part.test)
            for one in ((0, "source"), (0, "target"), (1, "source"), (1, "target"))
        ]
        assert counts == [3, 3, 3, 3]
    assert "There is one id only (fan 00)" in division.notes[0]
    assert "says less" in division.notes[0]


def test_one_id_with_too_few_clips_is_refused() -> None:
    with pytest.raises(DataError, match="fan 00 has too few test clips to divide"):
        divide(make_table(_one_id(1)))


def test_ids_that_lack_something_are_named_and_left_out() -> None:
    complete = [row | {"section": section} for section in ("00", "02") for row in _one_id()]
    untested = [_row(0, "train", "normal", section="04"), _row(1, "test", "normal", section="04")]
    cells, notes = cells_of(make_table([*complete, *untested]).iter_rows(named=True))
    assert [cell.name for cell in cells] == ["fan 00", "fan 02"]
    assert notes == ["fan 04 is left out: it has no anomalous test clips."]


def test_clips_of_the_evaluation_part_and_supplements_are_not_touched() -> None:
    others = [
        _row(0, "test", "anomaly", part="eval", file="eval.wav"),
        _row(0, "train", "normal", part="additional", file="additional.wav"),
        _row(0, "supplemental", "normal", supplement="noise", file="noise.wav"),
    ]
    cells, _ = cells_of(make_table([*(_one_id()), *others]).iter_rows(named=True))
    files = {clip.name for cell in cells for clip in (*cell.train, *cell.test)}
    assert len(cells) == 1
    assert not files & {"eval.wav", "additional.wav", "noise.wav"}


def test_a_set_without_labels_is_refused_with_the_way_out() -> None:
    rows = [_row(k, "train", "normal") for k in range(8)] + [_row(k, "test", None) for k in range(8)]
    with pytest.raises(
        DataError, match=r"fan 00 is left out: it has no normal test clips and no anomalous .* --proxies"
    ):
        divide(make_table(rows))
    with pytest.raises(ParameterError, match=r"must lie between 0 and 1\. Got 1 instead"):
        divide(make_table(_one_id()), report_share=1.0)


def test_clips_that_stand_in_both_parts_are_told_of() -> None:
    rows = [row | {"section": section} for section in ("00", "02") for row in _one_id()]
    division = divide(make_table(rows))  # the ids list the same files
    assert "12 test clips stand in both parts" in division.notes[-1]


def test_a_channel_and_domains_are_taken_over() -> None:
    for domains, expected in ((("source", "target"), ["source", "target"] * 4), (("source",), None)):
        rows = [row | {"channel": 3, "domain": domains[k % len(domains)]} for k, row in enumerate(_one_id())]
        cells, _ = cells_of(make_table(rows).iter_rows(named=True))
        assert cells[0].channel == 3
        assert cells[0].domains == expected


def test_a_split_for_validation_is_what_is_chosen_on_and_the_test_what_is_reported() -> None:
    rows = [
        row | {"section": section, "file": f"{section}/{row['file']}"} for section in ("00", "02") for row in _one_id()
    ]
    held_out = [
        row | {"split": "validation", "file": f"validation/{row['file']}"} for row in rows if row["split"] == "test"
    ]
    division = divide(make_table([*rows, *held_out]))
    for cells, folder in ((division.tuning, "validation/"), (division.reporting, "0")):
        assert [cell.section for cell in cells] == ["00", "02"]
        assert all(clip.name.startswith(folder) for cell in cells for clip in cell.test)
        assert all({clip.label for clip in cell.test} == {0, 1} for cell in cells)
    assert "made on the split 'validation', and reported on 'test'" in division.notes[0]
    without_test = [row for row in (*rows, *held_out) if row["split"] != "test"]
    with pytest.raises(DataError, match="needs normal and anomalous clips of the split 'test'"):
        divide(make_table(without_test))
