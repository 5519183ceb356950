"""Watching as its own process: sound through a pipe, answers over HTTP, an orderly end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Run
from tests.conftest import Hum

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.rows import Clip, Explanation, Review
from offkey.watch.store.store import Store
from offkey.web.tokens import Scope, Tokens

PLANT = """
[[machine]]
name = "pump 7"
model = "{model}"
source = {source}
"""

Plant = Callable[..., Path]


@pytest.fixture
def plant(tmp_path: Path, model_file: Path) -> Plant:
    def write(source: str = '{ kind = "stdin", rate = 16000 }') -> Path:
        path = tmp_path / "plant.toml"
        path.write_text(PLANT.format(model=model_file, source=source))
        return path

    return write


def _start(*arguments: object) -> tuple[subprocess.Popen[bytes], str]:
    command = [sys.executable, "-m", "offkey", "watch", *map(str, arguments), "--port", "0"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr is not None
    while "http" not in (line := process.stderr.readline().decode()) and line:
        pass
    found = re.match(r"(http://127\.0\.0\.1:\d+/)  \(Ctrl-C ends\)", line)
    assert found, line + process.stderr.read().decode()
    return process, found[1]


def _get(link: str) -> str:
    with urllib.request.urlopen(link, timeout=60) as answer:  # noqa: S310 - our own address
        return str(answer.read().decode())


def test_a_plant_is_watched_until_it_is_told_to_stop(run: Run, plant: Plant, hum: Hum) -> None:
    path = plant()
    process, link = _start(path)
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write((hum(1, seconds=62) * 32_767).astype("<i2").tobytes())
    process.stdin.flush()
    until = time.monotonic() + 120
    while time.monotonic() < until:
        (machine,) = json.loads(_get(link + "api/status"))["machines"]
        if machine["score"] is not None:
            break
        time.sleep(0.05)
    assert (machine["machine"], machine["phase"], machine["source"]) == ("pump 7", "shadow", "healthy")
    assert _get(link + "healthz") == "alive"
    assert [row["state"] for row in json.loads(_get(link + "api/sources"))["states"]] == ["healthy"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    said = process.stderr.read().decode()
    assert said.splitlines() == [
        "pump 7: in the shadow, 0 minutes of 3 days; events are not told yet",
        "pump 7: source healthy",
    ]
    process.stdin.close()
    process.stderr.close()
    journal = (path.parent / "plant.db.journal.jsonl").read_text().splitlines()
    assert [json.loads(line)["what"] for line in journal] == ["start", "end"]
    ran = run("watch", "events", path, "--json")
    assert (ran.status, ran.json) == (0, {"events": []})
    assert run("watch", "events", path).err == "There are no events.\n"


def test_sighup_reads_the_file_again_and_a_mistake_changes_nothing(plant: Plant, tmp_path: Path) -> None:
    path = plant('{ kind = "folder", path = "in" }')
    process, link = _start(path)
    assert process.stderr is not None
    text = path.read_text()
    try:
        path.write_text(text.replace('name = "pump 7"', 'name = "pump 7"\nsensitivity = "high"'))
        process.send_signal(signal.SIGHUP)
        assert f"as they were: {path}, line 4, machine.1.sensitivity" in _line(process, "The settings stay")
        path.write_text(text + text.replace("pump 7", "pump 8"))
        process.send_signal(signal.SIGHUP)
        assert _line(process, "The settings were") == "The settings were read again: pump 8 is added."
        assert [row["machine"] for row in json.loads(_get(link + "api/status"))["machines"]] == ["pump 7", "pump 8"]
    finally:
        process.terminate()
        assert process.wait(60) == 0
        for pipe in (process.stdin, process.stderr):
            assert pipe is not None
            pipe.close()


def _line(process: subprocess.Popen[bytes], begin: str) -> str:
    """Return the next line on standard error that begins so."""
    assert process.stderr is not None
    while (line := process.stderr.readline().decode().rstrip()) or process.poll() is None:
        if line.startswith(begin):
            return line
    raise AssertionError(f"it ended without a line that begins with {begin!r}")


def test_no_token_is_in_a_log_or_a_file_and_no_page_is_open_without_one(plant: Plant, tmp_path: Path) -> None:
    tokens = Tokens.make(tmp_path / "tokens.txt")
    token = tokens.add("anna", Scope.read)
    process, link = _start("run", plant(), "--tokens", tmp_path / "tokens.txt")
    try:
        for path in ("", "docs", "redoc", "debug", "openapi.json", "metrics", "api/events", "api/docs", "?token=wrong"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                _get(link + path)
            assert refused.value.code == 401, path
            refused.value.close()
        asked = urllib.request.Request(f"{link}api/events", headers={"Authorization": f"Bearer {token}"})  # noqa: S310
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own address
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError):
            _get(f"{link}nowhere?token={token}x")
    finally:
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=60)
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in (log, *files) if token.encode() in text]


def test_a_pipe_that_ends_ends_the_monitor(plant: Plant) -> None:
    process, _ = _start("run", plant())
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(np.zeros(16_000, "<i2").tobytes())
    process.stdin.close()
    assert process.wait(60) == 0
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()


def test_a_plant_is_checked_before_it_is_watched(run: Run, plant: Plant, model_file: Path) -> None:
    ran = run("watch", "check", plant('{ kind = "folder", path = "in" }'), "--json")
    assert ran.status == 0
    (row,) = ran.json["machines"]
    assert (row["machine"], row["rate"], row["window_s"], row["source"]) == ("pump 7", 16_000, 1.0, "folder")
    assert ran.err == f"note: pump 7 waits for the folder {plant().parent / 'in'}, which is not there yet.\n"
    ran = run("watch", "check", plant())
    assert (ran.err, "pump 7" in ran.out) == ("", True)
    ran = run("watch", "check", plant('{ kind = "ffmpeg", url = "udp://x", program = "no_such_ffmpeg" }'))
    assert (ran.status, "pump 7 waits for no_such_ffmpeg, which is not installed yet" in ran.err) == (0, True)
    ran = run("watch", "check", plant('{ kind = "stdin", rate = "high" }'))
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "plant.toml, line 5, machine.1.source.rate: Input should be a valid integer. Found 'high'." in ran.err
    ran = run("watch", "check", plant('{ kind = "simulated", machine = "loom" }'))
    assert ran.status == 2
    assert "The source of pump 7 cannot be simulated: The argument 'machine' must be" in ran.err
    path = plant()
    path.write_text(path.read_text().replace(str(model_file), "nothing.offkey"))
    ran = run("watch", "check", path)
    assert (ran.status, ran.err) == (
        0,
        "note: pump 7 has no model yet: it learns from 24 hours of sound first.\n",
    )


def test_a_channel_that_its_source_lacks_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "plant.toml"
    machine = PLANT.format(model="nothing.offkey", source='{ kind = "simulated", machine = "fan" }')
    path.write_text(machine + 'learn_channel = "999"\n')
    ran = run("watch", "check", path)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "pump 7: learn_channel is 999, but its source gives 1 channel" in ran.err


def test_what_cannot_be_watched_is_said(run: Run, plant: Plant, tmp_path: Path) -> None:
    assert "give one of them" in run("watch", "run").err
    assert "give one of them" in run("watch", plant(), "--demo").err
    assert "cannot be read" in run("watch", tmp_path / "nothing.toml", "--port", 0).err
    ran = run("watch", "events", plant())
    assert (ran.status, "plant.db is not there" in ran.err) == (1, True)
    (tmp_path / "plant.db").write_text("this is no database" * 100)
    ran = run("watch", plant(), "--port", 0)
    assert (ran.status, ran.err.count("\n"), "file is not a database" in ran.err) == (1, 1, True)


def test_a_start_that_failed_is_no_monitor_that_died(run: Run, plant: Plant, tmp_path: Path) -> None:
    path = plant('{ kind = "simulated", machine = "loom" }')
    first, second = run("watch", path, "--port", 0), run("watch", path, "--port", 0)
    assert (first.status, second.status) == (2, 2)
    sentence = first.err.strip().removeprefix("offkey: ")
    assert "The source of pump 7 cannot be simulated" in sentence
    assert "did not end in order" not in second.err
    assert re.search(rf"note: The start before this one failed at \S+: {re.escape(sentence)}\n", second.err)
    lines = (tmp_path / "plant.db.journal.jsonl").read_text().splitlines()
    assert [json.loads(line)["what"] for line in lines] == ["start", "failed start"] * 2


def test_events_are_listed_by_the_clocks_of_the_plant(run: Run, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins and ends at the same time on the wall, since the clocks go back in between."""
    path = plant()
    path.write_text('[plant]\nzone = "Europe/Berlin"\n' + path.read_text())
    first = Change("a", "pump 7", "end", "fast", 0.0, 1_792_888_200.0, 1_792_891_800.0, 3.5, "m")
    with closing(Store(path.with_name("plant.db"))) as store:
        store.write(Findings([first]))
    monkeypatch.setenv("COLUMNS", "200")
    ran = run("watch", "events", path)
    assert "2026-10-25 02:30:00 CEST" in ran.out
    assert "2026-10-25 02:30:00 CET" in ran.out
    assert run("watch", "events", path, "--json").json["events"][0]["began"] == first.began


def test_one_event_is_shown_with_its_sound(
    run: Run, plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plant()
    change = Change("e1aa", "pump 7", "new", "fast", 20.0, 10.0, None, 3.5, "digest every 1 s")
    clip = Clip("e1aa", "clips/a.flac", 0.0, 30.0, 16_000, 5, "d")
    why = Explanation("e1aa", 21.0, "Higher than normal around 3 kHz.", {"regions": [], "timbre": [], "normal": None})
    with closing(Store(path.with_name("plant.db"))) as store:
        store.write(Findings([change, replace(change, event="e2bb")], clips=[clip], explanations=[why]))
        store.add(Review("e1aa", 30.0, "true", "anna", "bearing replaced"))
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "a.flac").write_bytes(b"sound")
    monkeypatch.setenv("COLUMNS", "300")
    ran = run("watch", "events", path, "e1", "--save", tmp_path / "saved.flac")
    assert (ran.status, (tmp_path / "saved.flac").read_bytes()) == (0, b"sound")
    for said in ("pump 7 has sounded wrong since", "Higher than normal around 3 kHz.", "a.flac", "true: bearing"):
        assert said in ran.out
    found = run("watch", "events", path, "e1aa", "--json").json["event"]
    assert (found["clip"]["sha256"], found["reviews"][0]["by"], found["changes"][0]["seq"]) == ("d", "anna", 1)
    for arguments, said in (
        (("e1", "--normal", tmp_path / "n.flac"), "keeps no normal sound for this event"),
        (("e2", "--save", tmp_path / "s.flac"), "The event has no clip: none was written yet."),
        (("--save", tmp_path / "s.flac"), "are of one event: name it"),
        (("e",), "Several events begin with 'e'"),
        (("e1", "--save", tmp_path / "none" / "s.flac"), "does not exist: make it first"),
    ):
        ran = run("watch", "events", path, *arguments)
        assert (ran.status, ran.err.count("\n"), said in ran.err) == (2, 1, True), ran.err
    (tmp_path / "clips" / "a.flac").unlink()
    ran = run("watch", "events", path, "e1", "--save", tmp_path / "saved.flac")
    assert (ran.status, "a.flac cannot be read" in ran.err) == (1, True)


def _cpu_s(process: int) -> float:
    """Return the seconds that a process has worked, where the system says so in files; else none."""
    state = Path(f"/proc/{process}/stat")
    fields = state.read_text().rpartition(")")[2].split() if state.exists() else ["0"] * 13
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_demo_answers_within_ten_seconds_while_its_machines_are_prepared() -> None:
    """From an empty folder; in seconds of a processor, which other programs do not take away."""
    process, link = _start("--demo")
    assert process.stderr is not None
    try:
        assert _get(link + "healthz") == "alive"
        assert _cpu_s(process.pid) < 10
        rows = json.loads(_get(link + "api/status"))["machines"]
        assert [row["machine"] for row in rows] == ["fan", "pump", "slider", "valve"]
        assert rows[-1]["phase"] == "preparing"  # they are prepared one after the other
        with pytest.raises(urllib.error.HTTPError, match="503"):
            _get(link + "readyz")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(600) == 0  # the machine that is being prepared is made to its end
        said = process.stderr.read().decode()
        process.stderr.close()
        if process.stdin is not None:
            process.stdin.close()
    assert "Traceback" not in said


def test_a_plant_without_machines_is_checked_with_a_note(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "plant.toml"
    path.write_text("", encoding="utf-8")
    ran = run("watch", "check", path)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.startswith(f"note: The plant {path} has no machine yet: add [[machine]]")


def test_check_says_which_machines_share_a_model_file(run: Run, plant: Plant) -> None:
    first = plant().read_text()
    path = plant('{ kind = "simulated", machine = "pump" }')
    path.write_text(first + path.read_text().replace("pump 7", "pump 8"))
    assert "pump 7, pump 8 have the model file" in run("watch", "check", path).err
