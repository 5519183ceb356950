"""What is kept of clips: by age, size and level, and by what is free on the disk; events go on."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from offkey.errors import OffkeyError
from offkey.watch.clock import MovedClock
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.rows import Clip, Review
from offkey.watch.store.keep import KeepSettings
from offkey.watch.store.keeper import Keeper
from offkey.watch.store.store import Store

DAY_S = 86_400.0
MB = 1_000_000
CHANGE = Change("e", "pump", "end", "fast", 0.0, 0.0, 1.0, 3.5, "m")


class Plant:
    """A store, its clips and their keeper, on a disk with so many bytes free."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder, self.clock = store, folder, MovedClock()
        self.said: list[str] = []
        self.disk = 10_000 * MB
        folder.mkdir()

    def keeper(self, **settings: object) -> Keeper:
        keep = KeepSettings.model_validate(settings)
        return Keeper(self.store.database, keep, self.folder, self.clock, self.said.append, self._free)

    def _free(self, folder: Path) -> int:
        return self.disk - sum(file.stat().st_size for file in folder.iterdir())

    def add(self, event: str, days: float, verdict: str = "", **change: object) -> None:
        """Keep an event of some days ago, with a clip of 1 MB."""
        began = self.clock.utc() - days * DAY_S
        (self.folder / f"{event}.flac").write_bytes(bytes(MB))
        clip = Clip(event, f"clips/{event}.flac", began, began + 10, 16_000, MB, "ab")
        self.store.write(Findings([replace(CHANGE, event=event, **change)], clips=[clip]))
        if verdict:
            join_normal = verdict == "normal"
            self.store.add(Review(event, 0.0, "false" if join_normal else "true", "anna", join_normal=join_normal))

    def run(self, keeper: Keeper) -> None:
        """Let the keeper do all that is due, now and in the next hour."""
        for _ in range(6):
            for _ in range(50):
                keeper.step()
            self.clock.move(600)

    def clips(self) -> set[str]:
        return {file.stem for file in self.folder.iterdir()}


@pytest.fixture
def plant(store: Store, tmp_path: Path) -> Plant:
    return Plant(store, tmp_path / "clips")


def test_clips_go_with_age_but_not_out_of_the_normal_set_or_an_event_that_goes_on(plant: Plant) -> None:
    plant.add("new", 9)
    plant.add("old", 11)
    plant.add("normal", 12, "normal")
    plant.add("open", 13, kind="update", ended=None)
    plant.run(plant.keeper(clips_days=10))
    assert plant.clips() == {"new", "normal", "open"}
    (row,) = plant.store.clips("old")
    assert row["reason"] == "older than 10 days"
    assert row["removed_at"] == pytest.approx(plant.clock.utc(), abs=4000)
    assert plant.store.clips("new")[0]["removed_at"] is None
    assert len(plant.store.events()) == 4


def test_too_many_clips_go_reviewed_ones_first_then_those_of_lower_level(plant: Plant) -> None:
    plant.add("alarm", 9, level="alarm")
    plant.add("watch", 1, level="watch")
    plant.add("reviewed alarm", 1, "true", level="alarm")
    plant.add("warning", 5)
    plant.run(plant.keeper(clips_mb=3.5))
    assert plant.clips() == {"alarm", "watch", "warning"}
    plant.run(plant.keeper(clips_mb=2))
    assert plant.clips() == {"alarm", "warning"}
    plant.run(plant.keeper(clips_mb=1))
    assert plant.clips() == {"alarm"}
    assert plant.store.clips("watch")[0]["reason"] == "more than 2 MB of clips"


def test_a_disk_that_fills_is_said_then_loses_reviewed_clips_then_gets_no_more(plant: Plant) -> None:
    keeper = plant.keeper(free_mb=[30, 20, 10])
    for number in range(8):
        plant.add(str(number), 20 - number, "true" if number % 2 else "")
    plant.disk = 48 * MB
    plant.run(keeper)
    assert plant.said == []
    assert keeper.room is not None
    assert keeper.room.mark == 0
    plant.disk = 33 * MB
    plant.run(keeper)
    (said,) = plant.said
    assert said.startswith("25 MB are free on the disk of ")
    assert "below 20 MB the oldest clips of reviewed events are removed" in said
    assert len(plant.clips()) == 8
    plant.disk = 26 * MB
    plant.run(keeper)
    assert plant.clips() == {"0", "2", "4", "5", "6", "7"}
    assert plant.store.clips("1")[0]["reason"] == "less than 20 MB free on the disk"
    assert keeper.may_write_clip()
    plant.disk = 13 * MB
    plant.run(keeper)
    assert plant.clips() == {"0", "2", "4", "6"}
    assert not keeper.may_write_clip()
    assert plant.said[-1].endswith("no clip is written any more; events are.")
    assert (keeper.room.mark, keeper.room.sentence) == (3, plant.said[-1])
    plant.disk = 1000 * MB
    plant.run(keeper)
    assert plant.said[-1].endswith("there is room again.")
    assert len(plant.said) == 4
    assert len(plant.store.events()) == 8


def test_free_space_that_wavers_about_a_mark_is_said_once(plant: Plant) -> None:
    keeper = plant.keeper(free_mb=[30, 20, 10])
    for free in (29, 31, 29, 32, 29):
        plant.disk = free * MB
        plant.run(keeper)
    assert len(plant.said) == 1


def test_a_path_that_leads_out_of_the_folder_removes_nothing_there(plant: Plant, tmp_path: Path) -> None:
    (tmp_path / "precious.flac").touch()
    plant.store.write(Findings([CHANGE], clips=[Clip("e", "precious.flac", 0.0, 1.0, 16_000, MB, "ab")]))
    plant.run(plant.keeper(clips_days=1))
    assert (tmp_path / "precious.flac").exists()
    assert plant.store.clips("e")[0]["removed_at"] is not None


def test_what_cannot_be_removed_is_said_once_and_tried_again(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant.add("old", 11)
    keeper = plant.keeper(clips_days=10)

    def refuse(_path: Path, **_options: object) -> None:
        raise PermissionError("It may not be removed.")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        plant.run(keeper)
    assert plant.said == ["what is old cannot be removed, and it is tried again: It may not be removed."]
    plant.run(keeper)
    assert plant.clips() == set()


def test_a_step_is_short_and_scores_are_looked_at_once_a_day(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def thin(*arguments: object) -> Iterator[None]:
        begun.append(arguments)
        yield from iter([None] * 3)

    monkeypatch.setattr("offkey.watch.store.keeper.thin", thin)
    keeper = plant.keeper()
    for _ in range(3 * 144):
        for _ in range(10):
            keeper.step()
        plant.clock.move(600)
    assert len(begun) == 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 20 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_events_go_on_where_clips_fill_a_small_disk(small_disk: Path) -> None:
    clock, said = MovedClock(), list[str]()
    with closing(Store(small_disk / "plant.db")) as store:
        keeper = Keeper(store.database, KeepSettings(free_mb=[12, 8, 4]), small_disk / "clips", clock, said.append)
        (small_disk / "clips").mkdir()
        written = 0
        for number in range(40):
            event = str(number)
            clips = []
            if keeper.may_write_clip():
                (small_disk / "clips" / event).write_bytes(bytes(MB))
                clips = [Clip(event, f"clips/{event}", clock.utc(), clock.utc(), 16_000, MB, "ab")]
                written += 1
            store.write(Findings([replace(CHANGE, event=event)], clips=clips))
            if number % 2:
                store.add(Review(event, 0.0, "true", "anna"))
            for _ in range(20):
                keeper.step()
            clock.move(600)
        assert len(store.events()) == 40
        left = {int(file.name) for file in (small_disk / "clips").iterdir()}
        assert 10 < written < 40
        assert all(number % 2 == 0 for number in left if number < written - 2)
        assert not keeper.may_write_clip()
        assert len(said) == 3


@contextmanager
def _full(path: Path) -> Iterator[None]:
    """Let no file of this process grow beyond the size that the log of a database has."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name(f"{path.name}-wal").stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_loses_no_row_and_doubles_none(tmp_path: Path) -> None:
    path, minute = tmp_path / "plant.db", Minute("pump", "m", 0, 1, 0, 0.0, 0.0, 0.0, bytes(10_000))
    with closing(Store(path)) as store:
        for number in range(60):
            findings = Findings([replace(CHANGE, event=str(number))], [replace(minute, minute=60 * number)])
            if number % 20 == 10:
                with _full(path), pytest.raises(OffkeyError, match=r"look whether its disk has room|make room"):
                    store.write(findings)
                assert len(store.events()) == number
            store.write(findings)
        assert [row["minute"] for row in store.minutes("pump")] == [60 * number for number in reversed(range(60))]
        assert sorted(int(row["event"]) for row in store.events(limit=1000)) == list(range(60))
        store.database.check_whole()


def test_a_small_disk_that_is_full_is_said_and_goes_on_once_there_is_room(small_disk: Path) -> None:
    with closing(Store(small_disk / "plant.db")) as store:
        (small_disk / "ballast").write_bytes(bytes(18 * MB))
        rows = [Minute("pump", "m", 60 * number, 1, 0, 0.0, 0.0, 0.0, bytes(10_000)) for number in range(300)]
        with pytest.raises(OffkeyError, match="is full; make room on its disk"):
            store.write(Findings([CHANGE], rows))
        assert store.events() == []
        (small_disk / "ballast").unlink()
        store.write(Findings([CHANGE], rows))
        assert len(store.minutes("pump")) == 300
