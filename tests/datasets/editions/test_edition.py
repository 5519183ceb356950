"""A wrong file of an edition gets one sentence: where, what was expected, what was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from offkey.datasets.editions.edition import read_edition
from offkey.errors import DataError

TEXT = Path(__file__).with_name("dcase2027.toml").read_text(encoding="utf-8")


def _written(folder: Path, text: str, name: str = "dcase2027.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_is_read_whole(tmp_path: Path) -> None:
    edition = read_edition(_written(tmp_path, TEXT))
    assert (edition.name, edition.year, edition.machines_of()) == ("dcase2027", 2027, ["Kiln", "ToyLoom"])
    assert [edition.part_of(*key) for key in (("Kiln", "01"), ("Kiln", "77"), ("fan", "00"))] == ["dev", "dev", None]
    assert [(one.part, one.machine, one.name, one.md5) for one in edition.archives] == [
        ("dev", "Kiln", "Kiln_dev.zip", None),
        ("eval", "ToyLoom", "ToyLoom_test.zip", "0" * 32),
    ]
    assert sum(cell.n for cell in edition.cells) == 3 * 20 + 3 * 16
    assert edition.systems[0].machines == {"Kiln": {"auc_source": 0.7, "auc_target": 0.6, "pauc": 0.5}}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("year = 2027", "year = 2028", "the year is 2028: expected the file's name to be dcase2028.toml"),
        ("year = 2027", "year = '2027'", "'year' must be a whole number from 2000 to 2099; found '2027'"),
        ('about = "two', 'abuot = "two', "'about' is missing: expected a line of text"),
        ('"arithmetic"', '"median"', r"in \[score\] 'mean' must be one of 'arithmetic', 'harmonic'; found 'median'"),
        ('"pauc_target"]', '"f1"]', r"in \[score\] 'figures' must be a list of some of auc, auc_source, .*'f1'"),
        ('["auc_source", "auc_target", "pauc_target"]', "[]", "'figures' must name at least one figure"),
        ("max_fpr = 0.25", "max_fpr = 0", "'max_fpr' must be a number above 0 and up to 1; found 0"),
        ("max_fpr = 0.25", "max_fpr = true", "'max_fpr' must be a number above 0 and up to 1; found True"),
        ('anomalies = "own"', 'formula = "x"', r"in \[score\] there is no key 'formula': expected figures, mean"),
        ("decisions = false", 'decisions = "no"', "'decisions' must be true or false; found 'no'"),
        ('dev = ["Kiln"]', 'dev = ["../Kiln"]', r"in \[machines\] 'dev' must be a list of names"),
        ('dev = ["Kiln"]', 'dev = ["Kiln", "Kiln"]', r"in \[machines\] 'dev' must be a list of names, each once"),
        ("all = [18, 2]", "all = [18]", r"in \[clips\] of \[\[counts\]\] 1 'all' must be a list of 2 numbers from 0"),
        (
            "all = [18, 2]",
            "fan = [18, 2]",
            r"in \[clips\] of \[\[counts\]\] 1 'fan' must be 'all' or machines of dev, and sections",
        ),
        (
            'record = "2027001"',
            'record = "../1"',
            r"in \[\[archives\]\] 1 'record' must be the number of a Zenodo record",
        ),
        ('"{machine}_dev.zip"', '"dev.zip"', r"'name' must be a zip file's name with \{machine\}"),
        ('"{machine}_dev.zip"', '"../{machine}.zip"', r"'name' must be a zip file's name"),
        ('"dev_data/raw"', '"../dev_data"', "'folder' must be a folder beneath the data set's; found '../dev_data'"),
        ('part = "dev"\nrecord', 'part = "test"\nrecord', "'part' must be one of 'dev', 'additional', 'eval'"),
        ("0" * 32, "0" * 31, r"'ToyLoom' must be 32 hexadecimal digits"),
        ("score = 0.625", "score = 62.5", r"in \[\[results\]\] 1 'score' must be a number above 0 and up to 1"),
        ("score = 0.625", "score = nan", r"'score' must be a number above 0 and up to 1; found nan"),
        (
            "nobody = [0.55, 0.5]",
            "nobody = [0.55]",
            r"in \[scores\] of \[\[result_tables\]\] 1 'nobody' must be a list of 2 numbers",
        ),
        (
            'names = "section"',
            'names = "section"\nchannel = 1',
            "'channel' must be a whole number from 0 to 0; found 1",
        ),
        ('"{kind}.{machine}.{section}.csv"', '"{kind}.{machine}.csv"', r"'name' must have \{kind\}, .*, each once"),
        ('"{kind}.{machine}.{section}.csv"', '"{kind.x}.{machine}.{section}.csv"', r"'name' must have \{kind\}"),
        ("[.again{seed}].csv", "[.again{machine}].csv", r"'also_read' must have .* each once, and may have \{seed\}"),
        ("[.again{seed}].csv", "[.again{seed}.csv", "'also_read' must close each square bracket"),
        ("[.again{seed}].csv", ".again{seed}.csv", "'also_read' must read names such as anomaly_score.fan.00.csv too"),
        ("[.again{seed}].csv", "[.again{seed}]].csv", "'also_read' must close each square bracket"),
        ("[[counts]]", '[evaluator]\ntable = "sections"\nfile = "{system}.csv"\n\n[[counts]]', "needs auc among"),
        ("[[counts]]", '[evaluator]\ntable = "x"\nfile = "{system}.csv"\n\n[[counts]]', "'table' must be one of 'ids'"),
        (
            'split = "test"',
            'split = "train"',
            r"in \[\[counts\]\] 2 clips are counted that are counted before: dev Kiln 00",
        ),
        ('dev = ["00", "01"]', "", r"'all' must name sections, of which \[sections\] has none for dev"),
        ("[sections]", "[places]", "'sections' is missing: expected a table"),
        ("rate = 16000", "rate = 16000\nbits = 16", r"in \[recordings\] there is no key 'bits': expected rate"),
        ("[machines]", "machines = 3\n[other]", "'machines' must be a table; found 3"),
        ("[machines]", "[machines", "cannot be read as TOML in UTF-8"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(DataError, match=message):
        read_edition(_written(tmp_path, TEXT.replace(old, new, 1)))


def test_a_table_of_the_evaluator_fits_the_score(tmp_path: Path) -> None:
    evaluator = '[evaluator]\ntable = "sections"\nfile = "{system}.csv"\n\n[[counts]]'
    text = TEXT.replace("[[counts]]", evaluator, 1).replace('also_shown = ["pauc"]', 'also_shown = ["pauc", "auc"]')
    with pytest.raises(DataError, match=r"the table 'sections' needs decisions, but 'decisions' of \[submission\] is"):
        read_edition(_written(tmp_path, text))
    found = read_edition(_written(tmp_path, text.replace("decisions = false", "decisions = true")))
    assert found.evaluator is not None


def test_no_text_is_no_edition(tmp_path: Path) -> None:
    (tmp_path / "dcase2027.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read as TOML in UTF-8"):
        read_edition(tmp_path / "dcase2027.toml")
    with pytest.raises(DataError, match=r"dcase2030.toml cannot be read: No such file"):
        read_edition(tmp_path / "dcase2030.toml")
    with pytest.raises(DataError, match="recursion"):
        read_edition(_written(tmp_path, f"x = {'[' * 100_000}"))
