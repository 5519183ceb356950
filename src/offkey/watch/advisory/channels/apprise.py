"""Messengers and other services, by apprise."""

from __future__ import annotations

from typing import Any, ClassVar

from offkey.errors import UsageError, require
from offkey.watch.advisory.channels.base import Channel, LaterError, Retries, Site
from offkey.watch.advisory.notice import Alert
from offkey.watch.advisory.settings import AppriseSettings

__all__ = ["AppriseChannel"]

_KINDS = {"watch": "info", "warning": "warning", "alarm": "failure"}


class AppriseChannel(Channel):
    """Sends each alert to every address that the secret lists; an address is never printed, since it holds keys.

    Parameters
    ----------
    settings : AppriseSettings
        Where the addresses stand.
    site : Site
        The plant.

    Raises
    ------
    UsageError
        If an address is none that apprise knows.
    """

    retries: ClassVar[Retries] = Retries(pauses_s=(10, 60, 300, 900), days=1.0)

    def __init__(self, settings: AppriseSettings, site: Site) -> None:
        apprise = require("apprise", "notify", "A channel of kind apprise")
        self._services: list[Any] = []
        self._taken = set[tuple[str, int]]()  # alerts that a service took, while another has not
        lines = [line.strip() for line in settings.urls.read(site.folder).splitlines()]
        for number, line in enumerate(lines, 1):
            service = apprise.Apprise()
            if line and not service.add(line):
                raise UsageError(f"Line {number} of the addresses of {settings.title} is none that apprise knows.")
            self._services += [service] * bool(line)

    def send(self, alert: Alert) -> str:
        """Send to each service; a further try leaves out those that took the alert."""
        text = "\n\n".join(part for part in (alert.text, alert.link) if part)
        kind = "success" if alert.kind == "end" else _KINDS.get(alert.level, "info")
        for number, service in enumerate(self._services):
            place = (alert.key, number)
            if place not in self._taken and service.notify(body=text, title=alert.title, notify_type=kind):
                self._taken.add(place)
        taken = {place for place in self._taken if place[0] == alert.key}
        if missing := len(self._services) - len(taken):
            raise LaterError(f"{missing} of {len(self._services)} services did not take the alert.")
        self._taken -= taken
        return f"{len(self._services)} services took the alert"

    def check(self) -> str:
        """Count the services; none can be reached without sending."""
        return f"{len(self._services)} services, which only a test alert reaches"
