"""The files of the documentation that run a monitor as a service are of the form that they claim."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
import yaml

PAGE = (Path(__file__).parents[2] / "docs" / "watch.md").read_text(encoding="utf-8")


def _block(language: str, holding: str = "") -> str:
    found = [block for block in re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S) if holding in block]
    assert len(found) == 1
    return str(found[0])


def test_the_compose_file_names_what_compose_knows_and_runs_the_image_beside_it() -> None:
    compose = yaml.safe_load(_block("yaml", "services:"))
    assert set(compose) == {"services"}
    (service,) = compose["services"].values()
    assert service["build"] == "."
    known = ["build", "restart", "stop_grace_period", "network_mode", "volumes", "devices", "group_add", "healthcheck"]
    assert set(service) <= set(known)
    assert service["healthcheck"]["test"][:3] == ["CMD", "python", "-c"]
    compile(service["healthcheck"]["test"][3], "healthcheck", "exec")


def test_the_unit_of_systemd_is_notified_and_watched() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(_block("ini"))
    assert (unit["Service"]["Type"], unit["Service"]["ExecReload"]) == ("notify", "/bin/kill -HUP $MAINPID")
    assert int(unit["Service"]["WatchdogSec"]) > 0
    assert unit["Service"]["Environment"] == "MALLOC_ARENA_MAX=2"


@pytest.mark.parametrize(
    "line", ["USER offkey", "ENV MALLOC_ARENA_MAX=2", 'ENTRYPOINT ["offkey", "watch"]', 'CMD ["run", "plant.toml"]']
)
def test_the_image_runs_the_monitor_as_nobody_special(line: str) -> None:
    assert line in _block("dockerfile").splitlines()
