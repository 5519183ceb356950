"""Old scores in fewer rows: ten minutes in one after a month, an hour after a year; least and highest stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from sqlalchemy import BigInteger, ColumnElement, Insert, case, cast, delete, func, insert, literal, select

from offkey.watch.store.database import Database
from offkey.watch.store.tables import health, minutes, newest_minutes, outbox, source_states

__all__ = ["thin"]

_DAY_S, _HOUR_S = 86_400, 3600
_HEALTH_S = 600  # between two rows of health
_AGES = ((365, 3600), (30, 600))  # days after which a row is of so many seconds, the oldest first


def thin(database: Database, now: float, scores_days: float) -> Iterator[None]:
    """Thin out and remove what is old, a day of a machine at a time; a step takes some milliseconds.

    Parameters
    ----------
    database : Database
        Whose scores, states of sources and messages are meant.
    now : float
        In seconds since 1970 UTC.
    scores_days : float
        After which they are removed.

    Yields
    ------
    None
        After each step.
    """
    last = int((now - scores_days * _DAY_S) // _DAY_S) * _DAY_S
    end = int(now - min(scores_days, _AGES[-1][0]) * _DAY_S)
    for machine, model in _machines(database).items():
        day = _next_day(database, machine, 0)
        while day is not None and day + _DAY_S <= end:
            age_days = (now - day) / _DAY_S - 1  # of its end
            seconds = next((length for days, length in _AGES if age_days >= days), 60)
            _thin_day(database, machine, model, day, 0 if day < last else seconds)
            yield
            day = _next_day(database, machine, day + _DAY_S)
    done = outbox.c.status != "pending"  # a message that is still to be sent stays
    for table, old in ((source_states, source_states.c.at < last), (outbox, (outbox.c.created < last) & done)):
        with database.writing(durable=False) as connection:
            connection.execute(delete(table).where(old))
        yield


def _machines(database: Database) -> dict[str, str]:
    """Return the model in use of each machine: that of its newest minute."""
    newest: dict[str, tuple[int, str]] = {}
    with database.reading() as connection:
        for table in (minutes, newest_minutes):
            of = table.c
            last = select(of.machine, func.max(of.minute).label("minute")).group_by(of.machine).subquery()
            query = select(of.machine, of.minute, of.model)
            query = query.join(last, (of.machine == last.c.machine) & (of.minute == last.c.minute))
            for machine, minute, model in connection.execute(query.order_by(of.id)):
                newest[machine] = max(newest.get(machine, (0, "")), (minute, model), key=itemgetter(0))
    return {machine: model for machine, (_, model) in newest.items()}


def _next_day(database: Database, machine: str, since: int) -> int | None:
    """Return the begin of the first day from `since` on of which rows of a machine are kept."""
    query = select(func.min(minutes.c.minute)).where(minutes.c.machine == machine, minutes.c.minute >= since)
    with database.reading() as connection:
        first = connection.execute(query).scalar_one()
    return None if first is None else int(first) // _DAY_S * _DAY_S


def _thin_day(database: Database, machine: str, model: str, day: int, seconds: int) -> None:
    """Join the rows of a day of a machine to rows of `seconds`, or remove them where that is 0.

    Of its health the first row of each hour stays.
    The shadow of the model in use stays as it is, since the rule is counted from it.
    """
    meant = (
        minutes.c.machine == machine,
        minutes.c.minute >= day,
        minutes.c.minute < day + _DAY_S,
        minutes.c.seconds < (seconds or _DAY_S),
        minutes.c.surprises.is_(None) | (minutes.c.model != model),
    )
    with database.reading() as connection:
        if connection.execute(select(minutes.c.id).where(*meant).limit(1)).first() is None:
            return
    with database.writing(durable=False) as connection:
        if seconds:
            connection.execute(_joined(seconds, meant))
        connection.execute(delete(minutes).where(*meant))
        in_day = (health.c.machine == machine, health.c.at >= day, health.c.at < day + _DAY_S)
        left_out = cast(health.c.at, BigInteger) % _HOUR_S >= _HEALTH_S if seconds else literal(True)
        connection.execute(delete(health).where(*in_day, left_out))


def _joined(seconds: int, meant: Sequence[ColumnElement[bool]]) -> Insert:
    """Return the statement that adds rows of `seconds`, one for each model and operating state in them."""
    scored = case((minutes.c.mean.is_(None), 0), else_=minutes.c.windows - minutes.c.failed)
    begin = minutes.c.minute - minutes.c.minute % seconds
    key = (minutes.c.machine, minutes.c.model, minutes.c.state, begin)
    rows = select(
        *key,
        func.sum(minutes.c.windows),
        func.sum(minutes.c.failed),
        func.min(minutes.c.lowest),
        func.sum(minutes.c.mean * scored) / func.nullif(func.sum(scored), 0),
        func.max(minutes.c.highest),
        literal(seconds),
    )
    names = ("machine", "model", "state", "minute", "windows", "failed", "lowest", "mean", "highest", "seconds")
    return insert(minutes).from_select(names, rows.where(*meant).group_by(*key))
