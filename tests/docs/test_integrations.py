"""Examples for other programs can be read by them, and ask for what there is."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from offkey.client_answers import MachineState
from offkey.watch.advisory.notice import Alert
from offkey.web.api.page import describe

PAGE = (Path(__file__).parents[2] / "docs" / "integrations.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def test_each_address_is_one_of_a_monitor() -> None:
    paths = [urlsplit(found).path for found in re.findall(r"http://plant\.example:8001(/[^\s'\"]*)", PAGE)]
    known = {f"/api{path}".replace("{event}", "5a0c8c3f") for path in describe()["offkey watch"]["paths"]}
    assert len(paths) > 5
    assert set(paths) <= known | {"/metrics"}


def test_the_flow_of_node_red_is_wired_from_its_begin_to_its_end() -> None:
    (block,) = _blocks("json")
    nodes = {node["id"]: node for node in json.loads(block)}
    seen, last = [], "of1"
    while nodes[last]["wires"]:
        seen.append(last)
        ((last,),) = nodes[last]["wires"]
    assert [*seen, last] == list(nodes)
    assert "machines.filter" in nodes["of3"]["func"]


def test_home_assistant_asks_for_fields_that_there_are() -> None:
    rest, automation = (yaml.safe_load(block) for block in _blocks("yaml"))
    for sensor in rest["rest"][0]["sensor"]:
        assert sensor["value_template"].rstrip(" }").rpartition(".")[2] in MachineState.__annotations__
    text = yaml.safe_dump(automation)
    fields = re.findall(r"payload_json\.(\w+)", text)
    assert fields
    assert set(fields) <= set(Alert.__dataclass_fields__)


def test_telegraf_asks_for_fields_that_there_are() -> None:
    (block,) = _blocks("toml")
    inputs = tomllib.loads(block)["inputs"]
    (wanted,) = inputs["http"][0]["json_v2"][0]["object"]
    assert set(wanted["tags"]) <= set(wanted["included_keys"]) <= set(MachineState.__annotations__)
    assert inputs["prometheus"][0]["urls"] == ["http://plant.example:8001/metrics"]
