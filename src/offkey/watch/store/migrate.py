"""The revision of a database, and the way to the newest."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from offkey.errors import OffkeyError

__all__ = ["check_known", "migrate", "newest_revision", "revision_of"]

_FIRST = "v0001"  # whose tables versions before alembic made
_FIRST_TABLES = {"minutes", "changes", "recordings", "source_states"}


def newest_revision() -> str:
    """Return the revision that this version of offkey reads and writes."""
    return str(_scripts().get_current_head())


def revision_of(connection: Connection, name: str) -> str | None:
    """Return the revision of a database; None where it is empty.

    Raises
    ------
    OffkeyError
        If it holds tables of something else; `name` is what the message calls it.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if "alembic_version" in tables:
        found = MigrationContext.configure(connection).get_current_revision()
        if found is not None:
            return found
    elif tables == _FIRST_TABLES:
        return _FIRST
    raise OffkeyError(f"The database {name} is none of a plant: it holds other tables; name another.")


def check_known(revision: str | None, name: str) -> None:
    """Refuse a database of a later version of offkey."""
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise OffkeyError(
            f"The database {name} has form {revision}, expected {newest_revision()} or an earlier one: it was written "
            "by a later version of offkey; install that, or name another database."
        )


def migrate(connection: Connection, revision: str | None) -> None:
    """Bring a database from its revision to the newest, in the transaction of the connection."""
    config = Config()
    config.set_main_option("script_location", "offkey.watch.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if revision == _FIRST:
        command.stamp(config, _FIRST)
    command.upgrade(config, "head")


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "offkey.watch.store:migrations")
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)
