from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.errors import AudioError, DataError, ParameterError
from offkey.learned.identify import UNKNOWN, TypedClip, TypeSplit, fit_identifier, load_identifier, read_clips
from offkey.learned.identify.fitting import Learnt


def test_types_are_told_on_machines_that_were_not_heard(learnt: Learnt) -> None:
    on = learnt.identifier.fitted_on
    assert learnt.identifier.types == ("fan", "pump", "slider")
    assert on.unseen_ids == {"fan": True, "pump": True, "slider": False}
    assert on.measured["accuracy"] == on.measured["macro_f1"] == 1.0
    assert on.measured["log_loss"] < 1
    for name in ("fan", "pump"):
        assert not set(on.train[name]) & set(on.held_out[name])
    assert sum(sum(ids.values()) for side in (on.train, on.held_out) for ids in side.values()) == 60


def test_a_type_that_was_not_learnt_is_called_unknown(learnt: Learnt) -> None:
    assert set(learnt.identifier.fitted_on.foreign) == {"fan", "pump", "slider"}
    assert min(learnt.identifier.fitted_on.foreign.values()) > 0.9


def test_held_out_clips_are_called_unknown_at_most_as_often_as_asked(learnt: Learnt) -> None:
    loose = learnt.identifier.with_unknown(0.3, 0.0)
    judged = loose.model.judge(learnt.held_out.X)
    for number in range(3):
        assert judged.unknown[learnt.held_out.y == number].mean() <= 0.3
    certain = learnt.identifier.with_unknown(None, 0.9999)
    assert certain.model.judge(learnt.held_out.X).unknown.mean() > 0.9
    with pytest.raises(ParameterError, match="rate of unknown clips must lie between 0 and 1"):
        learnt.identifier.with_unknown(1.5, None)
    with pytest.raises(ParameterError, match="least probability must be 0 or more and below 1"):
        learnt.identifier.with_unknown(None, 1.0)


def test_the_file_holds_all_of_it(learnt: Learnt, typed_folder: Path, tmp_path: Path) -> None:
    learnt.identifier.save(tmp_path / "types.offkey")
    loaded = load_identifier(tmp_path / "types.offkey")
    clips = sorted(typed_folder.rglob("*.wav"))[::7]
    assert list(loaded.results(clips)) == list(learnt.identifier.results(clips))
    assert loaded.fitted_on == learnt.identifier.fitted_on
    loaded.save(tmp_path / "again.offkey")
    assert (tmp_path / "again.offkey").read_bytes() == (tmp_path / "types.offkey").read_bytes()


def test_a_clip_that_cannot_be_read_costs_its_own_row(learnt: Learnt, mixed_folder: Path, typed_folder: Path) -> None:
    clips = [*sorted(mixed_folder.iterdir()), *sorted((typed_folder / "pump").rglob("*.wav"))[:2]]
    found = list(learnt.identifier.results(clips, jobs=2))
    assert [Path(one.file).name for one in found] == [clip.name for clip in clips]
    for one in found:
        bad = Path(one.file).name.startswith("bad")
        assert (one.error is not None) is bad
        assert (one.machine_type is None) is bad
        if one.probabilities is not None:
            assert sum(one.probabilities.values()) == pytest.approx(1)
            assert one.probability == max(one.probabilities.values())
    assert [one.machine_type for one in found[-2:]] == ["pump", "pump"]


def test_a_clip_alone_and_several_as_files_or_arrays(learnt: Learnt, typed_folder: Path, machine_sound) -> None:
    identifier = learnt.identifier
    path = typed_folder / "fan" / "id_00" / "00000000.wav"
    one = identifier.identify(path)
    assert (one.file, list(one.probabilities)) == (str(path), ["fan", "pump", "slider"])
    assert identifier.identify([path]) == [one]
    assert len(identifier.identify(typed_folder / "fan")) == 24
    (of_array,) = identifier.identify([machine_sound("fan", 0, 0)], rate=16_000)
    assert of_array.probabilities == pytest.approx(one.probabilities, abs=1e-3)
    with pytest.raises(AudioError, match="digital silence"):
        identifier.identify(np.zeros(16_000), rate=16_000)


def test_a_long_recording_has_one_type(learnt: Learnt, tmp_path: Path, machine_sound) -> None:
    soundfile.write(tmp_path / "long.wav", machine_sound("fan", 0, 99, 65.0), 16_000)
    (found,) = learnt.identifier.results([tmp_path / "long.wav"])
    (heard,) = learnt.identifier.extractor().extract_all([tmp_path / "long.wav"], jobs=1)
    judged = learnt.identifier.model.judge(np.array([piece.vector for piece in heard.windows]))
    assert len(judged.p_values) == 7
    np.testing.assert_allclose(list(found.probabilities.values()), judged.probabilities.mean(axis=0))  # type: ignore[union-attr]
    assert found.machine_type == (UNKNOWN if judged.unknown.mean() >= 0.5 else "fan")


def test_bad_clips_are_left_out_and_named(typed_folder: Path, mixed_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(typed_folder, tmp_path / "types")
    shutil.copy(mixed_folder / "bad_text.wav", tmp_path / "types" / "fan" / "id_00" / "bad.wav")
    identifier = fit_identifier(read_clips(tmp_path / "types").clips)
    ((name, reason),) = identifier.fitted_on.left_out
    assert name.endswith("bad.wav")
    assert reason.endswith(".")


def test_too_few_that_can_be_used_end_it_in_one_sentence(typed_folder: Path, mixed_folder: Path) -> None:
    good = read_clips(typed_folder).clips
    bad = [TypedClip(mixed_folder / "bad_text.wav", "valve") for _ in range(9)]
    with pytest.raises(AudioError, match=r"'valve' has 0 clips to learn from that can be used: expected 5 or more"):
        fit_identifier(TypeSplit([*good, *bad], [*good, *bad]))
    with pytest.raises(DataError, match="No machine type may be called 'error'"):
        fit_identifier(TypeSplit([TypedClip(clip.path, "error") for clip in good] + good, good))
    with pytest.raises(ParameterError, match="Leaving a type out takes three or more types; found fan, pump"):
        fit_identifier([clip for clip in good if clip.machine_type != "slider"], leave_out_types=True)


@pytest.mark.parametrize("classifier", ["linear", "resnet34"])
def test_the_seed_decides_everything(typed_folder: Path, classifier: str) -> None:
    params = {}
    if classifier == "resnet34":
        pytest.importorskip("torch")
        params = {"n_mels": 32, "n_columns": 32, "width": 4, "epochs": 1}
    clips = read_clips(typed_folder).clips
    first, again = (
        fit_identifier(clips, classifier=classifier, classifier_params=params, seed=3, jobs=jobs) for jobs in (1, 2)
    )
    heard = [clip.path for clip in clips[::9]]
    assert list(first.results(heard)) == list(again.results(heard))
    assert first.fitted_on == again.fitted_on
