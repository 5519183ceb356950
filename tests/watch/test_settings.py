"""The file of a plant: what is wrong is named with its line and its key."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from offkey.errors import UsageError
from offkey.watch.acquisition.settings import FfmpegSource, FolderSource
from offkey.watch.settings import PlantSettings, read_settings
from offkey.watch.toml_lines import line_of

GOOD = """# a plant
database = "plant.db"

[[machine]]
name = "pump 7"
model = "pump7.offkey"
source = { kind = "folder", path = "recordings" }

[[machine]]
name = "fan"
model = "fan.offkey"
hop_s = 2
shadow_days = 7
sensitivity = 3

[machine.source]
kind = "ffmpeg"
url = "rtsp://camera/1"
"""


def _read(tmp_path: Path, text: str) -> PlantSettings:
    path = tmp_path / "plant.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_a_plant_is_read_with_its_defaults(tmp_path: Path) -> None:
    pump, fan = _read(tmp_path, GOOD).machine
    assert isinstance(pump.source, FolderSource)
    assert (pump.source.path, pump.shadow_days, pump.sensitivity, pump.hop_s) == ("recordings", 3.0, None, None)
    assert isinstance(fan.source, FfmpegSource)
    assert (fan.source.rate, fan.source.silent_s, fan.hop_s, fan.shadow_days) == (None, 30.0, 2.0, 7.0)


def test_each_machine_has_its_share_of_the_budget_unless_it_has_its_own(tmp_path: Path) -> None:
    budget = GOOD.replace("[[machine]]", "[plant]\nalarms_per_week = 3\n\n[[machine]]", 1)
    assert [one.alarms_per_week for one in _read(tmp_path, budget).machine] == [1.5, 1.5]
    own = budget.replace("hop_s = 2", "hop_s = 2\nalarms_per_week = 0.5")
    assert [one.alarms_per_week for one in _read(tmp_path, own).machine] == [1.5, 0.5]
    assert [one.alarms_per_week for one in _read(tmp_path, GOOD).machine] == [None, None]


@pytest.mark.parametrize(
    ("old", "new", "line", "rest"),
    [
        ("hop_s = 2", 'hop_s = "two"', 12, "machine.2.hop_s: Input should be a valid number. Found 'two'."),
        ("hop_s = 2", "hope_s = 2", 12, "machine.2.hope_s: there is no such key here; the most alike is 'hop_s'."),
        ("hop_s = 2", "hop_s = inf", 12, "machine.2.hop_s: Input should be a finite number. Found inf."),
        ("[[machine]]", "[[machines]]", 4, "machines: there is no such key here; the most alike is 'machine'."),
        ('name = "fan"', 'name = " "', 10, "machine.2.name: a name neither begins nor ends with a space"),
        ('"fan.offkey"', '"fan\\u0000"', 11, "machine.2.model: a text of one line without control characters"),
        ("sensitivity = 3", "sensitivity = 4", 14, "machine.2.sensitivity: it must be one of 0, 1, 3, 10, 30 events"),
        ('url = "rtsp://camera/1"', "", 16, "machine.2.source.url: it is missing."),
        ('kind = "ffmpeg"', "", 16, "machine.2.source: its 'kind' is missing."),
        ('kind = "ffmpeg"', 'kind = "tape"', 16, "machine.2.source: its kind 'tape' is none of 'simulated', "),
        ('path = "recordings"', "path = 5", 7, "machine.1.source.path: Input should be a valid string. Found 5."),
        ('name = "fan"', 'name = "pump 7"', 1, "the plant: two machines are called 'pump 7'."),
        ('database = "plant.db"', "keep = { free_mb = [1, 2, 3] }", 2, "keep: free_mb must be three numbers that fall"),
        ('database = "plant.db"', "keep = { clips_days = 0 }", 2, "keep.clips_days: Input should be greater than 0."),
        ('kind = "ffmpeg"', 'kind = "ffmpeg"\nsilent_s = 0', 18, "machine.2.source.silent_s: Input should be greater"),
    ],
)
def test_a_mistake_is_named_with_line_and_key(tmp_path: Path, old: str, new: str, line: int, rest: str) -> None:
    with pytest.raises(UsageError) as found:
        _read(tmp_path, GOOD.replace(old, new))
    assert str(found.value).startswith(f"{tmp_path / 'plant.toml'}, line {line}, {rest}")


@pytest.mark.parametrize(
    "text",
    [
        "source = { kind = 'ffmpg', url = 'rtsp://me:s3cret@camera' }",
        "source = 'rtsp://me:s3cret@camera'",
        "source = ['rtsp://me:s3cret@camera']",
        "source = { kind = 'ffmpeg', url = ['rtsp://me:s3cret@camera'] }",
        "source = { kind = 'ffmpeg', url = \"rtsp://me:s3cret@camera\\u0007\" }",
        "hop_s = 'rtsp://me:s3cret@camera'",
        "[machine.source.machine]\nurl = 's3cret'",
        "[[notify]]\nkind = 'command'\ncommand = 'horn --key s3cret'",
        "[[notify]]\nkind = 'webhok'\nurl = 'https://me:s3cret@there'",
        "[database]\nurl = 'postgresql://me:s3cret@there/plant'",
    ],
)
def test_a_mistake_shows_no_secret(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"plant\.toml, line \d+, ") as found:
        _read(tmp_path, f"[[machine]]\nname = 'a'\nmodel = 'm'\n{text}\n")
    assert "s3cret" not in str(found.value)


def test_a_table_in_place_of_a_list_is_a_mistake_that_says_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"line 1, machine: a list .* such as \[\[machine\]\]\. Found a table\."):
        _read(tmp_path, "[machine]\nname = 'a'\n")
    with pytest.raises(UsageError, match=r'source: a table .* such as \{ kind = "folder".* Found \'stdin\'\.'):
        _read(tmp_path, "[[machine]]\nname = 'a'\nmodel = 'm'\nsource = 'stdin'\n")


def test_what_is_no_plant_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no TOML file: Invalid value"):
        _read(tmp_path, "machine = ")
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_settings(tmp_path / "nothing.toml")
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    with pytest.raises(UsageError, match="is no text in UTF-8"):
        read_settings(tmp_path / "latin.toml")
    for endless in ("hop_s = " + "9" * 5000, "a = " + "[" * 5000):
        with pytest.raises(UsageError, match="is no TOML file"):
            _read(tmp_path, endless)


def test_a_mark_of_windows_before_the_text_is_no_mistake(tmp_path: Path) -> None:
    assert _read(tmp_path, "\ufeff" + GOOD).database == "plant.db"


def test_a_new_plant_may_have_no_machine_yet(tmp_path: Path) -> None:
    assert _read(tmp_path, "").machine == []
    assert _read(tmp_path, "plant = { alarms_per_week = 2 }").machine == []


def test_the_plant_of_the_documentation_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "watch.md").read_text(encoding="utf-8")
    text = textwrap.dedent(page.partition("```toml\n")[2].partition("```")[0])
    assert [machine.name for machine in _read(tmp_path, text).machine] == ["pump 7", "fan 2"]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the sections that an annotation names, and those within them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation)
    for part in get_args(annotation):
        yield from _models(part)


def test_each_setting_is_documented() -> None:
    docs = Path(__file__).parents[2] / "docs"
    text = "\n".join(path.read_text(encoding="utf-8") for path in docs.glob("watch*.md"))
    fields = {
        field.alias or key: model.__name__
        for model in _models(PlantSettings)
        for key, field in model.model_fields.items()
    }
    assert len(fields) > 60
    missing = {key: name for key, name in fields.items() if not re.search(rf"`{key}`|\b{key} = |\[{key}\]", text)}
    assert missing == {}


def test_a_database_that_is_no_file_and_not_on_postgresql_is_refused_without_its_password(tmp_path: Path) -> None:
    assert _read(tmp_path, GOOD.replace("plant.db", "postgresql://me@host/plant")).database.endswith("/plant")
    with pytest.raises(UsageError, match=r"line 2, database: the database is a URL of 'mysql'") as found:
        _read(tmp_path, GOOD.replace("plant.db", "mysql://me:s3cret@host/plant"))
    assert "s3cret" not in str(found.value)


def test_standard_input_is_the_source_of_one_machine_alone(tmp_path: Path) -> None:
    one = '[[machine]]\nname = "{}"\nmodel = "m"\nsource = {{ kind = "stdin", rate = 16000 }}\n'
    assert len(_read(tmp_path, one.format("a")).machine) == 1
    with pytest.raises(UsageError, match="standard input can be the source of one machine alone"):
        _read(tmp_path, one.format("a") + one.format("b"))


def test_lines_are_found_in_every_way_to_write_a_table() -> None:
    text = '''a = """
b = 1
"""
"b" = 2 # here
c.d = 3
[e.f]
g = 4
[[h]]
[[h]]
i = 5
[h.j]
k = 6
'''
    places = {("a",): 1, ("b",): 4, ("c", "d"): 5, ("e", "f"): 6, ("e", "f", "g"): 7, ("h", 0): 8, ("h", 1, "i"): 10}
    places |= {("h", 1, "j", "k"): 12, ("h", 1, "x"): 9, ("nothing",): 1}
    assert {place: line_of(text, place) for place in places} == places
