"""Commands ``offkey watch review``, ``acknowledge``, ``shelve`` and ``unshelve``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.options import Json
from offkey.cli.watch_check import PlantFile
from offkey.cli.watch_plant import By, Comment, Machine, Opened, decided, opened
from offkey.errors import UsageError

__all__ = ["acknowledge", "review", "shelve", "unshelve"]

_SHOWN = 8  # letters of the identity of an event
Event = Annotated[str, typer.Argument(help="Identity of the event, or its first letters.")]


def review(
    plant: PlantFile,
    event: Annotated[
        str | None,
        typer.Argument(
            help="Identity of the event, or its first letters; without it, events without a review are listed."
        ),
    ] = None,
    verdict: Annotated[
        Literal["true", "false", "expected"] | None,
        typer.Argument(
            help="true: something was wrong; false: nothing was wrong; expected: the cause was known, as in a repair."
        ),
    ] = None,
    comment: Comment = "",
    join_normal: Annotated[
        bool,
        typer.Option("--join-normal", help="Add the clip of a false event to the normal clips of the next model."),
    ] = False,
    by: By = None,
    json: Json = False,
) -> None:
    """Review an event; without EVENT, list the events without a review, the newest first.

    Examples
    --------
    offkey watch review plant.toml
    offkey watch review plant.toml 3f9a01c2 true --comment "bearing replaced"
    offkey watch review plant.toml 77b0d4e1 false --join-normal --comment "forklift"
    """
    if (event is None) != (verdict is None):
        raise UsageError("A review needs an event and a verdict: true, false or expected.")
    with opened(plant, read_only=event is None) as at:
        from offkey.watch.life import reviews

        if event is None or verdict is None:
            _list(at, reviews.to_review(at.store), json=json)
            return
        who = decided(by, comment)
        found = reviews.review(at.store, at.folder, event, verdict, who, join_normal=join_normal)
        if json:
            print_json({"event": found["event"], "machine": found["machine"], "verdict": verdict})
        joined = (
            " Its clip joined the normal set: 'offkey watch candidate make' fits a model to it." if join_normal else ""
        )
        say(f"{found['machine']}: the event {found['event'][:_SHOWN]} is reviewed as {verdict}.{joined}")


def acknowledge(plant: PlantFile, event: Event, comment: Comment = "", by: By = None) -> None:
    """Acknowledge an event that you deal with; no more reminders of it are sent.

    Examples
    --------
    offkey watch acknowledge plant.toml 3f9a01c2 --comment "on my way"
    """
    with opened(plant) as at:
        from offkey.watch.life.reviews import acknowledge as keep

        found = keep(at.store, event, decided(by, comment))
        say(f"{found['machine']}: the event {found['event'][:_SHOWN]} is acknowledged.")


def shelve(
    plant: PlantFile,
    machine: Machine,
    until: Annotated[
        str, typer.Option("--until", help="End: '8h', '2d', or '2030-01-31 08:00' in the time zone of the plant.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Reason, for later readers.")],
    by: By = None,
) -> None:
    """Send no messages about the events of a machine until a given time; events are still found and kept.

    Examples
    --------
    offkey watch shelve plant.toml "pump 7" --until 8h --reason "welding beside it"
    """
    who = decided(by, reason)
    with opened(plant) as at:
        from offkey.watch.life import reviews
        from offkey.watch.life.times import time_to_come

        end = time_to_come(until, at.settings.plant.zone, who.at)
        reviews.shelve(at.store, at.machine(machine), end, who)
        say(f"{machine} is shelved until {at.time(end)}: {reason}")


def unshelve(plant: PlantFile, machine: Machine, comment: Comment = "", by: By = None) -> None:
    """Send messages about the events of a machine again, before its shelving ends.

    Examples
    --------
    offkey watch unshelve plant.toml "pump 7"
    """
    with opened(plant) as at:
        from offkey.watch.life import reviews

        reviews.unshelve(at.store, at.machine(machine), decided(by, comment))
        say(f"{machine} is shelved no longer.")


def _list(at: Opened, rows: list[dict[str, Any]], *, json: bool) -> None:
    if json:
        print_json({"events": rows})
        return
    if not rows:
        say("All events are reviewed.")
        return
    from rich.table import Table

    table = Table("event", "machine", "level", "path", "began", "ended", "acknowledged")
    for row in rows:
        seen = "yes" if row["acknowledged"] else ""
        times = (at.time(row["began"]), at.time(row["ended"]))
        table.add_row(row["event"][:_SHOWN], row["machine"], row["level"], row["path"], *times, seen)
    print_table(table)
