"""The state of a plant from its database and from the monitor, a new plant, and the fleet."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from tests.cli.test_watch import _get, _start
from tests.cli.test_watch_life import plant  # noqa: F401

from offkey.watch.settings import read_settings


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "new" / "plant.toml"


def test_status_is_that_of_the_database_while_no_monitor_runs(run, plant: Path) -> None:  # noqa: F811
    run("watch", "shelve", plant, "pump 7", "--until", "8h", "--reason", "welding")
    ran = run("watch", "status", plant)
    assert (ran.status, ran.err) == (0, "No monitor answers: this is what the database holds.\n")
    assert "pump 7" in ran.out
    assert ": welding" in ran.out
    report = run("watch", "status", plant, "--json").json
    (row,) = report["machines"]
    assert (report["running"], row["machine"], row["phase"], row["to_review"]) == (False, "pump 7", "shadow", 1)
    assert (row["level"], row["event"], row["last_minute"]) == ("warning", "3f9a01c2" * 4, 1_790_000_000)
    assert row["shelved"]["reason"] == "welding"


def test_status_is_that_of_the_monitor_while_one_runs(run, plant: Path) -> None:  # noqa: F811
    process, link = _start(plant)
    try:
        report = run("watch", "status", plant, "--json").json
        (live,) = json.loads(_get(link + "api/status"))["machines"]
        (row,) = report["machines"]
        assert report["running"] is True
        assert (row["source"], row["stage"], row["event"]) == (live["source"], live["stage"], None)
        assert run("watch", "status", plant).err == ""
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        for pipe in (process.stdin, process.stderr):
            assert pipe is not None
            pipe.close()
    assert run("watch", "status", plant, "--json").json["running"] is False


def test_a_new_plant_is_written_that_check_accepts(run, new: Path) -> None:
    new.parent.mkdir()
    ran = run("watch", "init", new, "--machine", "pump 7=in", "--machine", "demo=simulated:fan", "--zone", "UTC")
    assert (ran.status, ran.err.startswith(f"{new}: 2 machines. Next: ")) == (0, True)
    assert [machine.name for machine in read_settings(new).machine] == ["pump 7", "demo"]
    checked = run("watch", "check", new)
    assert checked.status == 0
    assert "note: pump 7 has no model yet: it learns from 24 hours of sound first." in checked.err
    again = run("watch", "init", new, "--machine", "a=in")
    assert (again.status, "is there already" in again.err) == (2, True)
    assert run("watch", "init", new, "--machine", "a=in", "--force").status == 0
    assert "takes NAME=SOURCE" in run("watch", "init", new, "--machine", "a", "--force").err


def test_a_new_plant_is_asked_for(new: Path) -> None:
    from typer.testing import CliRunner

    from offkey.cli.app import app

    new.parent.mkdir()
    answers = "hall\nEurope/Berlin\npump 7\nrtsp://camera/1\nfan 2\nin\n\n"
    ran = CliRunner().invoke(app, ["watch", "init", str(new)], input=answers)
    assert ran.exit_code == 0, ran.output
    written = read_settings(new)
    assert (written.plant.name, written.plant.zone) == ("hall", "Europe/Berlin")
    assert [machine.source.kind for machine in written.machine] == ["ffmpeg", "folder"]


def test_the_fleet_says_nothing_of_machines_without_sisters(run, plant: Path) -> None:  # noqa: F811
    assert run("watch", "fleet", plant).err.startswith("No machine has a kind")
    plant.write_text(plant.read_text().replace('name = "pump 7"', 'name = "pump 7"\nkind = "pump"'))
    report = run("watch", "fleet", plant, "--days", time.time() / 86_400 - 20_000, "--json").json
    (row,) = report["machines"]
    assert (row["machine"], row["sisters"], row["sentence"]) == ("pump 7", 0, "")
    assert "pump 7" in run("watch", "fleet", plant).out
