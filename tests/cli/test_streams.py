from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import soundfile
from tests.cli.conftest import Run
from tests.conftest import Hum

from offkey.cli.console import print_table, say
from offkey.cli.streams import printable

PROGRAM = [sys.executable, "-m", "offkey"]
LOCALES = [
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
]
posix = pytest.mark.skipif(os.name != "posix", reason="shells and signals of POSIX")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for number, name in enumerate(("Lüfter グラインダー.wav", "cr\rname.wav", "esc\x1b[31m.wav", 'a,"b".wav')):
        soundfile.write(folder / name, hum(number), 16_000)
    return folder


def shell(command: str) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    return done


@pytest.mark.parametrize("environment", LOCALES)
def test_tables_and_json_are_utf8_in_every_locale(model_file: Path, clips: Path, environment: dict[str, str]) -> None:
    names = {str(path) for path in clips.iterdir()}
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))} | environment
    for more in ([], ["--json"]):
        done = subprocess.run([*PROGRAM, "score", model_file, clips, *more], capture_output=True, env=env, check=False)
        assert done.returncode == 0, done.stderr
        text = done.stdout.decode("utf-8")
        rows = json.loads(text)["rows"] if more else list(csv.DictReader(io.StringIO(text, newline="")))
        assert {row["file"] for row in rows} == names
    done = subprocess.run([*PROGRAM, "evaluate", "nirgends/für グ.csv"], capture_output=True, env=env, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"cannot be read" in done.stderr


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("more", ["", "--json"])
def test_a_full_disk_is_one_sentence(model_file: Path, clips: Path, more: str) -> None:
    done = shell(f"{sys.executable} -m offkey score {model_file} {clips} {more} > /dev/full")
    assert done.returncode == 1
    last = done.stderr.decode().splitlines()[-1]
    assert last == "offkey: Standard output cannot be written: No space left on device."
    assert shell(f"{sys.executable} -m offkey --version 2> /dev/full").returncode == 0
    assert shell(f"{sys.executable} -m offkey evaluate none.csv 2> /dev/full").returncode == 1


@posix
def test_closed_streams(model_file: Path, clips: Path, tmp_path: Path) -> None:
    program = f"{sys.executable} -m offkey score {model_file} {clips}"
    done = shell(f"{program} >&-")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1].startswith("offkey: Standard output is closed: ")
    assert shell(f"{program} --out {tmp_path}/s.csv >&- <&-").returncode == 0
    assert len((tmp_path / "s.csv").read_text().split(",error,")) == 2
    done = shell(f"{program} --json 2>&-")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["rows"]) == 4


@posix
def test_a_reader_that_goes_away_is_silence(model_file: Path, clips: Path) -> None:
    done = shell(f"{sys.executable} -m offkey score {model_file} {clips} 2> >(cat >&2) | true; exit ${{PIPESTATUS[0]}}")
    assert done.returncode == 1
    assert all(b"offkey:" not in line for line in done.stderr.splitlines())


def test_control_characters_of_names_are_only_shown(run: Run, model_file: Path, clips: Path) -> None:
    ran = run("score", model_file, clips / "no\x1b[31m\rsuch.wav")
    assert "no\\x1b[31m\\x0dsuch.wav" in ran.err
    ran = run("score", model_file, clips, "--json")
    assert not set(ran.out) & {"\x1b", "\r", "\x9b"}
    assert printable("\x1b[2J\x9b\x7f ü\t\n") == "\\x1b[2J\\x9b\\x7f ü\t\n"


@posix
def test_a_terminal_is_not_moved_by_names(model_file: Path, clips: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    program = subprocess.Popen([*PROGRAM, "score", model_file, clips], stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    program.wait()
    os.close(ours)
    assert b"esc\\x1b[31m.wav" in shown
    assert b"cr\\x0dname.wav" in shown
    assert b"\x1b[31m" not in shown
    assert re.search(rb"\.wav,[\d.]+,[\d.]+,[01],", shown)
    assert not re.search(rb"\d\.\d{7,}", shown)  # scores are short where people read them


@posix
def test_a_terminal_breaks_messages_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    import pty
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 30))
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        say("note: 60 normal clips promise a false-alarm rate of 1 in 61.\n  short   line\n" + "a" * 40)
        shown = os.read(ours, 1000).decode().splitlines()
    os.close(ours)
    assert shown == [
        "note: 60 normal clips promise",
        "a false-alarm rate of 1 in 61.",
        "  short   line",
        "a" * 40,
    ]


def test_names_in_printed_tables_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.table import Table

    table = Table()
    table.add_column("[red]head")
    table.add_row("[bold]fan\x1b[31m :fire: [/]")
    print_table(table)
    shown = capsys.readouterr().out
    assert "[red]head" in shown
    assert "[bold]fan\\x1b[31m :fire: [/]" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that nobody writes any more
        return b""


@posix
@pytest.mark.parametrize("module", ["offkey.cli.streams", "typer", "numpy", "offkey.model.score_table"])
def test_ctrl_c_while_something_is_imported_is_no_traceback(model_file: Path, clips: Path, module: str) -> None:
    code = f"""
import builtins, os, signal, sys
from offkey.cli.main import main
imported = builtins.__import__
def interrupt(name, *rest, **named):
    if name == {module!r}:
        builtins.__import__ = imported
        os.kill(os.getpid(), signal.SIGINT)
    return imported(name, *rest, **named)
builtins.__import__ = interrupt
sys.exit(main())
"""
    done = subprocess.run([sys.executable, "-c", code, "score", model_file, clips], capture_output=True, check=False)
    assert done.returncode == 130, done.stderr
    assert b"Traceback" not in done.stderr
    assert b"offkey: Interrupted" in done.stderr


@posix
def test_ctrl_c_at_the_end_is_no_traceback() -> None:
    code = "import atexit, os, signal, sys; from offkey.cli.main import main; sys.argv[1:] = ['--version']; main()"
    code += "; atexit.register(os.kill, os.getpid(), signal.SIGINT)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")


@posix
def test_ctrl_c_while_clips_are_heard(model_file: Path, hum: Hum, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "0.wav", hum(0, seconds=10), 16_000)
    for number in range(1, 400):
        (tmp_path / f"{number}.wav").hardlink_to(tmp_path / "0.wav")
    out = tmp_path / "s.csv"
    program = subprocess.Popen([*PROGRAM, "score", model_file, tmp_path, "--out", out], stderr=subprocess.PIPE)
    while program.poll() is None and not _reads_a_clip(program.pid):
        time.sleep(0.001)
    program.send_signal(signal.SIGINT)
    _, said = program.communicate()
    assert b"Traceback" not in said
    assert program.returncode in (0, 130, -signal.SIGINT)
    assert not list(tmp_path.glob(".s.csv*"))


def _reads_a_clip(process: int) -> bool:
    """Tell whether a process has a clip open."""
    with suppress(OSError):  # the process has ended, or the clip was closed while it was looked at
        return any(path.readlink().suffix == ".wav" for path in Path(f"/proc/{process}/fd").iterdir())
    return False
