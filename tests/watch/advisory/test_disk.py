"""The disk of a plant as an episode: from the first mark until there is room again."""

from __future__ import annotations

from offkey.watch.advisory.disk import DiskEpisode
from offkey.watch.store.keeper import Room

LOW, LOWER, ENOUGH = Room(1, "900 MB are free."), Room(3, "100 MB are free."), Room(0, "There is room again.")


def test_a_disk_that_fills_is_one_episode_until_there_is_room_again() -> None:
    disk = DiskEpisode()
    assert disk.take(ENOUGH, 0.0) is None
    found = [disk.take(room, float(at)) for at, room in enumerate([LOW, LOW, LOWER, ENOUGH, ENOUGH, LOW], 1)]
    notices = [notice for notice in found if notice is not None]
    assert [(one.kind, one.text) for one in notices] == [
        ("new", LOW.sentence),
        ("update", LOWER.sentence),
        ("end", ENOUGH.sentence),
        ("new", LOW.sentence),
    ]
    assert (notices[2].began, notices[2].ended, notices[2].level) == (1.0, 4.0, "warning")
    assert len({one.event for one in notices[:3]}) == 1
    assert notices[3].event != notices[0].event


def test_an_episode_outlives_the_monitor() -> None:
    first = DiskEpisode()
    opened = first.take(LOW, 1.0)
    assert opened is not None
    later = DiskEpisode()
    later.restore([opened])
    assert later.take(LOW, 2.0) is None
    end = later.take(ENOUGH, 3.0)
    assert end is not None
    assert (end.kind, end.event) == ("end", opened.event)
