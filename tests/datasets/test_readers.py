from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import soundfile

from offkey.datasets.readers import names, read_dataset, takes
from offkey.datasets.table import COLUMNS
from offkey.errors import DataError, UsageError

TinyEdition = Callable[[int], Path]
YEARS = range(2020, 2027)

TRAIN = {2020: {(None, "normal"): 20}, 2021: {("source", "normal"): 17, ("target", "normal"): 3}}
TEST = {2020: {(None, "normal"): 8, (None, "anomaly"): 8}}
BOTH = {("source", "normal"): 18, ("target", "normal"): 2}
FOUR = {(domain, label): 4 for domain in ("source", "target") for label in ("normal", "anomaly")}


def counts(table: pl.DataFrame, part: str, section: str, split: str) -> dict[tuple[str | None, str | None], int]:
    chosen = table.filter(pl.col("part") == part, pl.col("section") == section, pl.col("split") == split)
    return dict(Counter(chosen.select("domain", "label").iter_rows()))


@pytest.mark.parametrize("year", YEARS)
def test_edition_is_read_to_its_counts(tiny_edition: TinyEdition, year: int) -> None:
    root = tiny_edition(year)
    table = read_dataset(f"dcase{year}", root, ground_truth=root / "ground_truth")
    assert tuple(table.columns) == COLUMNS
    assert all(Path(file).is_file() for file in table["file"])
    dev = ["00", "02"] if year == 2020 else ["00", "01"] if year < 2023 else ["00"]
    new = ["01", "03"] if year == 2020 else ["03", "04"] if year < 2023 else ["00"]
    assert sorted(table.filter(pl.col("part") == "dev")["section"].unique()) == dev
    assert sorted(table.filter(pl.col("part") == "eval")["section"].unique()) == new
    for section in dev:
        assert counts(table, "dev", section, "train") == TRAIN.get(year, BOTH)
        assert counts(table, "dev", section, "test") == TEST.get(year, FOUR)
    for section in new:
        assert counts(table, "additional", section, "train") == TRAIN.get(year, BOTH)
        assert counts(table, "eval", section, "test") == TEST.get(year, FOUR)
    supplemental = table.filter(pl.col("split") == "supplemental")
    assert len(supplemental) == (8 if year == 2025 else 0)
    assert len(table) == 36 * (len(dev) + len(new)) + len(supplemental)


@pytest.mark.parametrize("year", YEARS)
def test_labels_are_the_sounds_own(tiny_edition: TinyEdition, year: int) -> None:
    """The anomalous clips of the fixture have one more tone, so a label given by position would show."""
    root = tiny_edition(year)
    table = read_dataset(f"dcase{year}", root, ground_truth=root / "ground_truth").filter(pl.col("part") == "eval")
    power = {"normal": [], "anomaly": []}
    for file, label in table.select("file", "label").iter_rows():
        sound = soundfile.read(file, always_2d=True)[0][:, 0]
        power[label].append(float((sound**2).mean()))
    assert max(power["normal"]) < min(power["anomaly"])


@pytest.mark.parametrize("year", YEARS)
def test_without_ground_truth_labels_stay_secret(tiny_edition: TinyEdition, year: int) -> None:
    table = read_dataset(f"dcase{year}", tiny_edition(year)).filter(pl.col("part") == "eval")
    assert set(table["label"]) == {None}
    assert set(table["domain"]) == ({"source", "target"} if year == 2021 else {None})


@pytest.mark.parametrize("year", YEARS)
def test_root_may_lie_deeper_or_be_one_machine(tiny_edition: TinyEdition, year: int) -> None:
    whole = read_dataset(f"dcase{year}", tiny_edition(year)).filter(pl.col("part") == "dev")
    above = tiny_edition(year) / "dev_data" / ("raw" if year >= 2023 else ".")
    for root in (above, next(above.iterdir())):
        assert read_dataset(f"dcase{year}", root).drop("file").equals(whole.drop("file"))


def test_root_may_be_the_current_directory(tiny_edition: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny_edition(2023) / "dev_data" / "raw" / "fan")
    table = read_dataset("dcase2023", ".")
    assert (len(table), set(table["machine"]), set(table["part"])) == (36, {"fan"}, {"dev"})


def test_machines_are_chosen_in_any_case(tiny_edition: TinyEdition) -> None:
    root = tiny_edition(2023)
    assert set(read_dataset("dcase2023", root, machines=["vacuum"])["machine"]) == {"Vacuum"}
    with pytest.raises(DataError, match=r"machine 'pump' is not under .*: found fan, Vacuum"):
        read_dataset("dcase2023", root, machines=["fan", "pump"])


def test_channels_of_2026(tiny_edition: TinyEdition) -> None:
    table = read_dataset("dcase2026", tiny_edition(2026))
    assert set(table["channel"]) == {0}
    assert set(table["noise_channel"]) == {1}
    assert set(table["attributes"]) == {None}


def test_supplemental_of_2025_is_no_normal_clip(tiny_edition: TinyEdition) -> None:
    table = read_dataset("dcase2025", tiny_edition(2025)).filter(pl.col("split") == "supplemental")
    assert set(table.select("supplement", "label").iter_rows()) == {("machine", None)}
    assert set(table["part"]) == {"dev", "additional"}


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that lays out empty files; reading a table opens no sound."""

    def lay(*files: str) -> Path:
        for file in files:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).touch()
        return tmp_path

    return lay


def test_copies_by_the_organisers_tools_are_passed_over(copied: Callable[..., Path]) -> None:
    root = copied(
        "fan/source_test/section_00_source_test_normal_0000.wav",
        "fan/target_test/section_00_target_test_normal_0000.wav",
        "fan/test/section_00_source_test_normal_0000.wav",
        "Vacuum/test/section_00_0000.wav",
        "Vacuum/test_rename/section_00_source_test_normal_0009_vel_1.wav",
        "grinder/test_rename/section_00_source_test_normal_0009_vel_1.wav",
    )
    table = read_dataset("dcase2021", root)
    assert [str(Path(file).relative_to(root)) for file in table["file"]] == [
        "Vacuum/test/section_00_0000.wav",
        "fan/source_test/section_00_source_test_normal_0000.wav",
        "fan/target_test/section_00_target_test_normal_0000.wav",
        "grinder/test_rename/section_00_source_test_normal_0009_vel_1.wav",
    ]


def test_hidden_and_foreign_files_are_left_out(copied: Callable[..., Path]) -> None:
    root = copied(
        "fan/train/normal_id_00_00000000.wav",
        "fan/train/._normal_id_00_00000000.wav",
        "fan/train/normal_id_00_00000000.txt",
        "fan/train/section_00_source_train_normal_0000.wav",
        "fan/train/take 1.wav",
        ".trash/fan/train/normal_id_00_00000001.wav",
    )
    assert len(read_dataset("dcase2020", root)) == 1


def test_same_clip_twice_is_refused(copied: Callable[..., Path]) -> None:
    root = copied("a/fan/train/normal_id_00_00000000.wav", "b/fan/train/normal_id_00_00000000.wav")
    with pytest.raises(DataError, match=r"is there twice, also as .*a/fan/train"):
        read_dataset("dcase2020", root)


def test_wrong_edition_says_what_it_found(tiny_edition: TinyEdition, copied: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match=r"named as in dcase2020, such as normal_id_01_\d+.wav; found names such as se"):
        read_dataset("dcase2020", tiny_edition(2022))
    (copied("notes.txt") / "fan" / "train").mkdir(parents=True)
    with pytest.raises(DataError, match="found no sound file at all"):
        read_dataset("dcase2020", copied())


def test_folder_without_machines_says_what_it_found(copied: Callable[..., Path]) -> None:
    root = copied("a/one.wav", "b/two.wav", "readme.txt")
    with pytest.raises(
        DataError, match=r"expected folders such as fan/train .*; found the folders a/, b/ and 1 file such"
    ):
        read_dataset("dcase2020", root)
    with pytest.raises(DataError, match="does not exist"):
        read_dataset("dcase2020", root / "none")
    with pytest.raises(DataError, match="is a file"):
        read_dataset("dcase2020", root / "readme.txt")


def test_ground_truth_that_does_not_fit_is_refused(tiny_edition: TinyEdition, tmp_path: Path) -> None:
    root = tiny_edition(2023)
    data = tmp_path / "ground_truth_data"
    data.mkdir()
    file = "ground_truth_Vacuum_section_00_test.csv"
    text = (root / "ground_truth" / "ground_truth_data" / file).read_text()
    (data / file).write_text(text.replace("section_00_0003.wav", "section_00_0099.wav"))
    with pytest.raises(DataError, match=r"1 unknown .*section_00_0003.wav.*; 1 missing \(section_00_0099.wav\)"):
        read_dataset("dcase2023", root, ground_truth=tmp_path)
    (data / file).rename(data / file.replace("Vacuum", "bandsaw"))
    with pytest.raises(DataError, match="has no Vacuum section 00: it has bandsaw 00"):
        read_dataset("dcase2023", root, ground_truth=tmp_path)


def test_hidden_attributes_are_read_when_asked_for(tiny_edition: TinyEdition, tmp_path: Path) -> None:
    root = tiny_edition(2024)
    file = tmp_path / "ToyTrain" / "attributes_00_train_correspondence.csv"
    file.parent.mkdir()
    name = "section_00_source_train_normal_0001_noAttribute.wav"
    file.write_text(f"source_file_name,target_file_name\r\n{name.replace('noAttribute', 'car_B1_spd_7')},{name}\r\n")
    assert set(read_dataset("dcase2024", root, machines=["ToyTrain"])["attributes"]) == {"noAttribute"}
    table = read_dataset("dcase2024", root, attributes=tmp_path)
    assert [Path(f).name for f in table.filter(pl.col("attributes") == "car_B1_spd_7")["file"]] == [name]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "line 1: expected source_file_name,target_file_name, found 'a,b'"),
        ("source_file_name,target_file_name\nx.wav,y.wav\n", "line 2: expected"),
        (
            "source_file_name,target_file_name\n" + 2 * "section_00_normal_0000_a_1.wav,section_00_normal_0000.wav\n",
            "line 3: section_00_normal_0000.wav is listed twice",
        ),
    ],
)
def test_wrong_correspondence_is_refused(tiny_edition: TinyEdition, tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match="holds no attributes_"):
        read_dataset("dcase2024", tiny_edition(2024), attributes=tmp_path)
    (tmp_path / "attributes_00_train_correspondence.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        read_dataset("dcase2024", tiny_edition(2024), attributes=tmp_path)


def test_names_and_options() -> None:
    assert names() == [*(f"dcase{year}" for year in YEARS), "mimii", "toyadmos", "toyadmos2", "folder", "table"]
    assert takes("dcase2020", "ground_truth")
    assert not takes("mimii", "ground_truth")
    with pytest.raises(
        UsageError, match=r"There is no data set 'dcase2032': .* Did you mean 'dcase202.'\? A file dcase2032.toml in"
    ):
        read_dataset("dcase2032", ".")
    with pytest.raises(UsageError, match="'mimii' takes no ground truth"):
        read_dataset("mimii", ".", ground_truth="x")
    with pytest.raises(UsageError, match="'dcase2020' takes no microphone"):
        read_dataset("dcase2020", ".", microphone=1)


def test_real_recordings_of_2020(shared_data: Path) -> None:
    table = read_dataset("dcase2020", shared_data / "dcase2020_real")
    assert len(table) == 111
    assert table.filter(pl.col("split") == "train").select("machine", "section").unique().row(0) == ("slider", "00")
    assert len(table.filter(pl.col("label") == "anomaly")) == 18
    assert set(table["part"]) == {"dev"}


def test_real_correspondences(shared_data: Path) -> None:
    from offkey.datasets.correspondence import hidden_attributes

    hidden = hidden_attributes(shared_data / "ground_truth" / "dcase2025" / "ground_truth_attributes")
    assert len(hidden) == 8400
    assert hidden["bearing", "section_00_source_train_normal_0000_noAttribute.wav"] == "pro_A_vel_12_loc_B"
    assert hidden["Polisher", "section_00_0006.wav"] == "pow_3_n_A"


def test_table_is_a_data_set_too(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    (tmp_path / "t.csv").write_text("file,machine\na.wav,fan\nb.wav,pump\n")
    assert read_dataset("table", tmp_path / "t.csv")["machine"].to_list() == ["fan", "pump"]
    assert read_dataset("table", tmp_path / "t.csv", machines=["Pump"])["machine"].to_list() == ["pump"]
    with pytest.raises(DataError, match="is a folder: name the CSV or Parquet file"):
        read_dataset("table", tmp_path)
