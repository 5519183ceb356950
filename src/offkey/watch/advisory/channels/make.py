"""Settings to channels."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from offkey.watch.advisory.channels.apprise import AppriseChannel
from offkey.watch.advisory.channels.base import Channel, Memory, Site
from offkey.watch.advisory.channels.command import CommandChannel
from offkey.watch.advisory.channels.email import EmailChannel
from offkey.watch.advisory.channels.mqtt import MqttChannel
from offkey.watch.advisory.channels.webhook import WebhookChannel
from offkey.watch.advisory.settings import (
    AppriseSettings,
    CommandSettings,
    EmailSettings,
    MqttSettings,
    WebhookSettings,
)

__all__ = ["NO_MEMORY", "make_channel", "make_site"]

_UUID = "plant uuid"


class _NoMemory:
    """Remembers nothing."""

    def setting(self, key: str) -> str | None:
        """Return None."""

    def set_setting(self, key: str, value: str) -> None:
        """Forget it."""


NO_MEMORY: Memory = _NoMemory()
"""The memory of channels that are only tested, beside a monitor or without one."""


def make_site(name: str, folder: Path, memory: Memory, status: Callable[[], list[dict[str, Any]]]) -> Site:
    """Return what channels need to know of a plant; its uuid is made once, and remembered.

    Parameters
    ----------
    name, folder, memory, status
        As in `Site`.
    """
    ident = memory.setting(_UUID)
    if ident is None:
        ident = uuid.uuid4().hex
        memory.set_setting(_UUID, ident)
    return Site(name, ident, folder, status, memory)


def make_channel(
    settings: MqttSettings | WebhookSettings | EmailSettings | AppriseSettings | CommandSettings, site: Site
) -> Channel:
    """Return the channel that settings describe.

    Parameters
    ----------
    settings : NotifySettings
        What is wanted.
    site : Site
        The plant.

    Raises
    ------
    UsageError
        If a secret or an address is not as it must be.
    MissingExtraError
        If the channel needs an extra that is not installed.
    """
    match settings:
        case MqttSettings():
            return MqttChannel(settings, site)
        case WebhookSettings():
            return WebhookChannel(settings, site)
        case EmailSettings():
            return EmailChannel(settings, site)
        case AppriseSettings():
            return AppriseChannel(settings, site)
        case CommandSettings():
            return CommandChannel(settings, site)
