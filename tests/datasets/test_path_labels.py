from __future__ import annotations

from pathlib import Path

import pytest

from offkey.datasets.path_labels import path_label


@pytest.mark.parametrize(
    ("clip", "folders", "label", "by"),
    [
        ("ds/abnormal/b.wav", ["ds"], "anomaly", "its folder 'abnormal'"),
        ("ds/NG/day 1/night/b.wav", ["ds"], "anomaly", "its folder 'NG'"),
        ("ds/abnormal/repaired/normal/b.wav", ["ds"], "normal", "its folder 'normal'"),
        ("ds/normal/b_faulty.wav", ["ds"], "anomaly", "its name"),
        ("ds/abnormal/normal_id_00_00000001.wav", ["ds"], "normal", "its name"),
        ("fan/test/anomaly_id_00_00000001.wav", ["fan"], "anomaly", "its name"),
        ("fan/section_00_source_test_anomaly_0001_noAttribute.wav", ["fan"], "anomaly", "its name"),
        ("ds/anomalous/b.wav", ["ds/anomalous"], "anomaly", "its folder 'anomalous'"),
        ("ds/faulty/b.wav", ["ds/faulty", "ds"], "anomaly", "its folder 'faulty'"),
        ("abnormal/b.wav", [], "anomaly", "its folder 'abnormal'"),
        ("6dB/fan/abnormal/id_00/b.wav", [], "anomaly", "its folder 'abnormal'"),
        ("s3://plant/abnormal/b.wav", ["s3://plant/"], "anomaly", "its folder 'abnormal'"),
        (r"ds\abnormal\b.wav", ["ds"], "anomaly", "its folder 'abnormal'"),
    ],
)
def test_the_nearest_word_tells_the_label(clip: str, folders: list[str], label: str, by: str) -> None:
    told = path_label(clip, folders)
    assert told is not None
    assert (told.label, told.by) == (label, by)


@pytest.mark.parametrize(
    ("clip", "folders"),
    [
        ("/home/anomaly-project/ds/b.wav", ["/home/anomaly-project"]),
        ("/home/anomaly/ds/b.wav", ["/home/anomaly/ds"]),
        ("/home/abnormal/my clips/b.wav", []),
        ("/data/anomaly_detection/pump/b.wav", ["/data"]),
        ("ds/b.wav", ["ds"]),
        ("", []),
    ],
)
def test_folders_above_the_given_one_and_other_names_tell_nothing(clip: str, folders: list[str]) -> None:
    assert path_label(clip, folders) is None


def test_the_name_of_the_folder_in_which_one_stands_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "NG").mkdir()
    monkeypatch.chdir(tmp_path / "NG")
    told = path_label(Path("b.wav"), ["."])
    assert told is not None
    assert told.by == "its folder 'NG'"
