"""A monitor that runs beside the pages of its plant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from offkey.watch.monitor import Monitor
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.server import listen, served
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant


@contextmanager
def watched(monitor: Monitor, plant: Plant) -> Iterator[str]:
    """Run a monitor and serve its plant; give the address of the pages."""
    links, stopping = list[str](), Event()
    app = create_app([watch_part(plant)], title="offkey watch")
    running = Thread(target=monitor.run, args=(stopping,))
    with served(app, listen("127.0.0.1", 0), host="127.0.0.1", guard=Guard(), announce=links.append):
        running.start()
        yield links[0].rstrip("/")
        stopping.set()
        running.join(60)
    assert not running.is_alive()
