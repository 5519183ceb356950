"""Command ``offkey watch run``, which is ``offkey watch``."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.cli.console import say, say_notes
from offkey.cli.serving_options import Host, Names, Port, RootPath, TokenFile, Trusted, guard_and_proxy
from offkey.errors import OffkeyError, UsageError, check_installed

if TYPE_CHECKING:
    from offkey.watch.advisory.delivery import Delivery
    from offkey.watch.monitor import Monitor, Taken
    from offkey.watch.preparation import Preparation
    from offkey.watch.service import Service
    from offkey.watch.settings import PlantSettings
    from offkey.watch.store.journal import Journal
    from offkey.watch.store.store import Store

__all__ = ["run"]

_MODULES = (
    "sqlalchemy",
    "alembic",
    "filelock",
    "fastapi",
    "starlette",
    "uvicorn",
    "python_multipart",
    "markupsafe",
    "jinja2",
    "prometheus_client",
    "tomlkit",
)


def run(
    plant: Annotated[Path | None, typer.Argument(help="Plant file (TOML); none with --demo.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Watch a simulated plant with faults in fast succession.")
    ] = False,
    port: Port = 8001,
    host: Host = "127.0.0.1",
    tokens: TokenFile = None,
    root_path: RootPath = "",
    name: Names = None,
    trusted_proxy: Trusted = None,
) -> None:
    """Watch the machines of a plant until interrupted; the word 'run' may be omitted.

    Examples
    --------
    offkey watch run plant.toml
    offkey watch run --demo --port 8001
    """
    check_installed("watch", "Watching", *_MODULES)
    if (plant is None) != demo:
        raise UsageError("Watching needs either the file of a plant or --demo: give one of them.")
    from offkey.watch.edit.plant_editor import PlantEditor
    from offkey.watch.monitor import Monitor
    from offkey.watch.service import Service
    from offkey.web.app import create_app
    from offkey.web.server import listen, served
    from offkey.web.watch.part import watch_part
    from offkey.web.watch.plant import Plant

    with ExitStack() as stack:
        opened = stack.enter_context(closing(listen(host, port)))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="offkey-"))) if plant is None else plant.parent
        file = folder / "plant.toml" if plant is None else plant
        settings, store, journal = _plant(file, stack, demo=demo)
        starting = stack.enter_context(_kept(journal, store))
        guard, proxy = guard_and_proxy(host, tokens, root_path, name, trusted_proxy)
        preparation = _preparation(settings, folder) if demo else None
        monitor = Monitor(settings, folder, store, say, preparation=preparation)
        service, delivery = Service(monitor.is_scoring), _delivery(settings, folder, store, monitor)
        reload = partial(_reload, monitor, delivery, service, file)
        editor = PlantEditor(file, lambda: monitor.settings, reload)
        plant_shown = Plant(monitor, store, folder, editor, journal=None if journal is None else journal.path)
        app = create_app([watch_part(plant_shown)], title="offkey watch", guard=guard)
        stopping, announce = Event(), partial(_announce, store)
        stack.enter_context(_signals(stopping, reload))  # what came before is broken off
        with served(app, opened, host=host, guard=guard, announce=announce, proxy=proxy), delivery, service:
            starting.clear()
            monitor.run(stopping)


def _plant(file: Path, stack: ExitStack, *, demo: bool) -> tuple[PlantSettings, Store, Journal | None]:
    """Read the plant, open its database until the stack is left, and add to its journal; or make that of the demo."""
    from offkey.watch.settings import read_settings
    from offkey.watch.store.address import address_of
    from offkey.watch.store.journal import Journal
    from offkey.watch.store.store import Store

    if demo:
        from offkey.watch.demo import demo_settings
        from offkey.watch.edit.plant_editor import settings_text

        file.write_text(settings_text(demo_settings()), encoding="utf-8")
        return read_settings(file), stack.enter_context(closing(Store(file.parent / "plant.db"))), None
    settings = read_settings(file)
    address = address_of(settings.database, file.parent)
    store = stack.enter_context(closing(Store(address)))
    stack.enter_context(store.database.claim())
    journal = Journal(file, address, store.database)
    say_notes(journal.start(file.read_bytes()))
    return settings, store, journal


@contextmanager
def _kept(journal: Journal | None, store: Store) -> Iterator[Event]:
    """Add to the journal in which way the monitor ends; what is yielded is cleared once it has started."""
    from offkey.watch.store.life import MONITOR

    starting = Event()
    starting.set()
    try:
        yield starting
    except Exception as error:
        why = str(error) if isinstance(error, OffkeyError) else f"{type(error).__name__}: {error}"
        with suppress(OffkeyError):  # the error itself says more
            if journal is not None:
                journal.fail(why, is_running=not starting.is_set())
        raise
    store.life.set_setting(MONITOR, "")
    if journal is not None:
        journal.end()


def _delivery(settings: PlantSettings, folder: Path, store: Store, monitor: Monitor) -> Delivery:
    """Return the threads that send messages on the channels of a plant."""
    from offkey.watch.advisory.channels.make import make_channel, make_site
    from offkey.watch.advisory.delivery import Delivery
    from offkey.watch.advisory.sentences import renewed_words

    site = make_site(settings.plant.name, folder, store.life, monitor.status)
    make = partial(make_channel, site=site)
    return Delivery(settings.notify, make, store.outbox, say, renewed_words(store, settings.plant.zone))


def _preparation(settings: PlantSettings, folder: Path) -> Preparation:
    """Return what makes the machines of the demo ready, while pages are answered already."""
    from offkey.watch.demo import prepare_demo
    from offkey.watch.preparation import Preparation

    return Preparation(partial(prepare_demo, settings, folder, at=time.time(), stage=say))


def _announce(store: Store, link: str) -> None:
    """Say where the monitor answers, and how to end it; keep that for other commands."""
    from offkey.watch.store.life import MONITOR

    store.life.set_setting(MONITOR, link.partition("?")[0])
    say(f"{link}  (Ctrl-C ends)")


@contextmanager
def _signals(stopping: Event, reload: Callable[[], None]) -> Iterator[None]:
    """Let SIGINT and SIGTERM end the monitor in order, instead of breaking off what runs, and SIGHUP read its file."""
    handlers = dict.fromkeys((signal.SIGINT, signal.SIGTERM), stopping.set)
    if hasattr(signal, "SIGHUP"):
        handlers[signal.SIGHUP] = reload
    before = {number: signal.getsignal(number) for number in handlers}
    for number, handle in handlers.items():
        signal.signal(number, lambda *_, handle=handle: handle())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _reload(monitor: Monitor, delivery: Delivery, service: Service, plant: Path, taken: Taken = lambda _: None) -> None:
    """Read the file again; where it is wrong, nothing is changed."""
    from offkey.watch.settings import read_settings

    def read() -> PlantSettings:
        settings = read_settings(plant)
        delivery.check(settings.notify)
        return settings

    def done(error: OffkeyError | None) -> None:
        delivery.change(monitor.settings.notify)
        service.ready()
        taken(error)

    service.reloading()
    monitor.reload(read, done)
