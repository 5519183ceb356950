from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from offkey.datasets.ground_truth import GroundTruth, Truth, match_names, read_ground_truth
from offkey.errors import DataError

CLIPS = {2020: (18, 7103), 2021: (21, 8635), 2022: (21, 4200), 2023: (7, 1400), 2024: (9, 1800), 2025: (8, 1600)}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "ground_truth"


@pytest.mark.parametrize("year", CLIPS)
def test_organisers_ground_truth_is_read(folder: Path, year: int) -> None:
    truth = read_ground_truth(folder / f"dcase{year}")
    assert (len(truth), sum(map(len, truth.values()))) == CLIPS[year]
    domains = {clip.domain for clips in truth.values() for clip in clips.values()}
    assert domains == ({None} if year == 2020 else {"source", "target"})


def test_sections_and_labels_of_2020(folder: Path) -> None:
    truth = read_ground_truth(folder / "dcase2020" / "eval_data_list_2020.csv")
    assert {section for machine, section in truth if machine == "ToyCar"} == {"05", "06", "07"}
    assert truth["fan", "01"]["id_01_00000000.wav"] == Truth(0, None)
    assert truth["fan", "01"]["id_01_00000001.wav"] == Truth(1, None)


def cells(truth: GroundTruth, machine: str, section: str = "00") -> dict[tuple[str, str], int]:
    counts = Counter((clip.domain, clip.label) for clip in truth[machine, section].values())
    return {(str(domain)[0], "na"[label]): n for (domain, label), n in counts.items()}


def test_cells_of_2023_are_not_balanced(folder: Path) -> None:
    truth = read_ground_truth(folder / "dcase2023")
    assert cells(truth, "bandsaw") == {("s", "n"): 67, ("t", "n"): 60, ("s", "a"): 40, ("t", "a"): 33}
    assert cells(truth, "grinder") == {("s", "n"): 107, ("t", "n"): 36, ("s", "a"): 27, ("t", "a"): 30}
    assert cells(truth, "shaker") == {("s", "n"): 49, ("t", "n"): 52, ("s", "a"): 53, ("t", "a"): 46}


def test_every_cell_of_2025_has_50_clips(folder: Path) -> None:
    truth = read_ground_truth(folder / "dcase2025")
    assert {n for machine, _ in truth for n in cells(truth, machine).values()} == {50}


def disagreements(one: GroundTruth, other: GroundTruth, field: int) -> dict[str, int]:
    assert {key: clips.keys() for key, clips in one.items()} == {key: clips.keys() for key, clips in other.items()}
    return dict(
        Counter(
            machine
            for (machine, section), clips in one.items()
            for name in clips
            if clips[name][field] != other[machine, section][name][field]
        )
    )


@pytest.mark.parametrize(
    ("name", "labels", "domains"),
    [
        ("2021/eval_data_list_2021.csv", {}, {}),
        ("2022/eval_data_list_2022.nttcslab_original.csv", {"ToyTrain": 312, "ToyCar": 296}, "as below"),
        ("2022/eval_data_list_2022.asdkit_corrected.csv", {}, "as below"),
        ("2023/eval_data_list_2023.csv", {}, {}),
        ("2024/eval_data_list_2024.nttcslab_original.csv", {}, {}),  # RoboticArm's names lack the test token
    ],
)
def test_lists_against_what_the_scores_were_computed_from(
    folder: Path, name: str, labels: dict[str, int], domains: dict[str, int] | str
) -> None:
    if domains == "as below":
        domains = {"ToyTrain": 300, "ToyCar": 292}
    in_list = read_ground_truth(folder / f"dcase{name}")
    in_folders = read_ground_truth((folder / f"dcase{name}").parent)
    assert disagreements(in_list, in_folders, 0) == labels
    assert disagreements(in_list, in_folders, 1) == domains


def test_folder_of_labels_itself_can_be_named(folder: Path) -> None:
    assert read_ground_truth(folder / "dcase2022" / "ground_truth_data") == read_ground_truth(folder / "dcase2022")


LIST = "fan\r\nsection_00_0000.wav,section_00_source_test_normal_0007_a_1.wav\r\n\r\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("section_00_0000.wav,section_00_source_test_normal_0007.wav\n", "line 1: expected the name of a machine"),
        (
            LIST + "section_00_0000.wav,section_00_source_test_anomaly_0008.wav\n",
            "line 4 .fan.: section_00_0000.wav is",
        ),
        (LIST + "section_00_0001.wav,section_00_0001.wav\n", "line 4: expected a file name, the original name"),
        (LIST + "clip_1.wav,section_00_source_test_normal_0007.wav\n", "'clip_1.wav' is no name of an evaluation clip"),
        ("fan\nid_01_00000000.wav,normal_id_01_00000098.wav,1\n", "has the label '1', but its original name says 0"),
        ("\n\n", "lists no clips"),
        (b"fan\n\xff\xfe,\n", "is no CSV file in UTF-8"),
    ],
)
def test_wrong_list_is_refused_with_its_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError, match=message):
        read_ground_truth(path)


def write_folders(tmp_path: Path, data: str, domain: str | None = None, section: str = "00") -> Path:
    for kind, text in (("data", data), ("domain", domain)):
        if text is not None:
            path = tmp_path / f"ground_truth_{kind}" / f"ground_truth_fan_section_{section}_test.csv"
            path.parent.mkdir()
            path.write_text(text)
    return tmp_path


def test_folders_are_read_by_name(tmp_path: Path) -> None:
    data = "section_00_0001.wav,1\nsection_00_0000.wav,0\n"
    path = write_folders(tmp_path, data, "section_00_0000.wav,0\nsection_00_0001.wav,1\n")
    assert read_ground_truth(path) == {
        ("fan", "00"): {"section_00_0001.wav": Truth(1, "target"), "section_00_0000.wav": Truth(0, "source")}
    }


@pytest.mark.parametrize(
    ("data", "domain", "message"),
    [
        ("section_00_0000.wav,0\nsection_00_0000.wav,1\n", None, "line 2: section_00_0000.wav is listed twice"),
        ("section_00_0000.wav,2\n", None, "line 1: expected a file name and 0 or 1, found 'section_00_0000.wav,2'"),
        ("section_00_0000.wav\n", None, "line 1: expected a file name and 0 or 1"),
        ("section_01_0000.wav,0\n", None, "'section_01_0000.wav' is not the name of a clip of section 00"),
        ("section_00_0000.wav,0\n", "section_00_0001.wav,0\n", "differ in section_00_0000.wav, section_00_0001.wav"),
        ("", None, "lists no clips"),
    ],
)
def test_wrong_folder_is_refused(tmp_path: Path, data: str, domain: str | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_ground_truth(write_folders(tmp_path, data, domain))


def test_clip_in_two_files_of_a_section_is_refused(tmp_path: Path) -> None:
    data = write_folders(tmp_path, "section_00_0000.wav,0\n") / "ground_truth_data"
    (data / "ground_truth_notes.csv").write_text("not of the form, passed over\n")
    assert len(read_ground_truth(data)) == 1
    (data / "ground_truth_fan_section_00_source_test.csv").write_text("section_00_0000.wav,1\n")
    with pytest.raises(DataError, match="which another file of fan section 00 lists too"):
        read_ground_truth(data)


def test_missing_and_ambiguous_ground_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_ground_truth(tmp_path / "none")
    with pytest.raises(DataError, match="found neither"):
        read_ground_truth(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"eval_data_list_{name}.csv").write_text(LIST)
    with pytest.raises(DataError, match=r"found eval_data_list_a.csv, eval_data_list_b.csv: name the file"):
        read_ground_truth(tmp_path)


TRUTHS = {"a.wav": Truth(0, None), "b.wav": Truth(1, None), "c.wav": Truth(0, None)}


def test_names_are_matched_by_name_in_their_own_order() -> None:
    matched = match_names(["c.wav", "a.wav", "b.wav"], TRUTHS, what="The clips")
    assert list(matched.items()) == [("c.wav", TRUTHS["c.wav"]), ("a.wav", TRUTHS["a.wav"]), ("b.wav", TRUTHS["b.wav"])]
    assert match_names(["b.wav"], TRUTHS, what="The clips", complete=False) == {"b.wav": TRUTHS["b.wav"]}


def test_names_that_do_not_fit_are_listed() -> None:
    with pytest.raises(DataError) as raised:
        match_names(["a.wav", "a.wav", "x.wav"], TRUTHS, what="The clips in fan/test")
    assert str(raised.value) == (
        "The clips in fan/test must be the 3 of the ground truth, each once; found 1 doubled (a.wav); "
        "1 unknown to the ground truth (x.wav); 2 missing (b.wav, c.wav)."
    )
    with pytest.raises(DataError, match="1 unknown"):
        match_names(["x.wav"], TRUTHS, what="The clips", complete=False)
