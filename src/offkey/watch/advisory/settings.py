"""Settings of messages: channels, what each gets, how often, and when it is quiet."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, field_validator

from offkey.watch.advisory.channels.address import Broker, WebAddress
from offkey.watch.advisory.secret import Secret
from offkey.watch.section import Section

__all__ = [
    "DAYS",
    "AppriseSettings",
    "ChannelSettings",
    "CommandSettings",
    "EmailSettings",
    "MessageSettings",
    "MqttSettings",
    "NotifySettings",
    "QuietSettings",
    "WebhookSettings",
]

EventLevel: TypeAlias = Literal["watch", "warning", "alarm"]
Day: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _time_of_day(given: Any) -> Any:
    """Take a time as text such as "22:00", besides as TOML has it."""
    if not isinstance(given, str):
        return given
    try:
        return time.fromisoformat(given)
    except ValueError:
        raise ValueError('a time of day is written as "22:00"') from None


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


class QuietSettings(Section):
    """Hours in which people are not disturbed, by the clock on the wall of the plant.

    `from`, `to`: times of day; where `to` is not later, the quiet ends on the next day.
    `days`: on which it begins.
    `passes`: levels that are sent all the same.
    """

    begin: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")
    days: list[Day] = Field(default=list(DAYS), min_length=1)
    passes: list[EventLevel] = Field(default=["alarm"])


class MessageSettings(Section):
    """Limits on messages to people; each number is one for each channel, and only what was sent counts.

    `cool_down_s`: seconds after a message about a machine in which no other of its events is told, unless it is worse;
        trouble of its source is another matter.
    `remind_after_s`: seconds after which an event that goes on and that nobody acknowledged is told again; 0 for never.
    `machine_an_hour`, `plant_an_hour`: messages about a machine, and about all, within an hour.
    `digest_at`: time of day at which is told what was held back.
    `link`: address at which people open the pages of the monitor, such as ``https://plant.example/offkey``.
    """

    cool_down_s: float = Field(default=900.0, ge=0)
    remind_after_s: float = Field(default=14_400.0, ge=0)
    machine_an_hour: int = Field(default=6, ge=1)
    plant_an_hour: int = Field(default=30, ge=1)
    digest_at: TimeOfDay = time(7, 0)
    link: WebAddress | None = None


class ChannelSettings(Section):
    """A channel, and what is sent on it.

    `name`: by which it is known, unlike all others; its kind by default.
    `levels`: of the events that are sent.
    `machines`: names of the machines; all where it is empty.
    `every_change`: whether each change is sent as it comes, for programs, instead of one message an episode.
    """

    name: str | None = Field(default=None, min_length=1, max_length=60)
    levels: list[EventLevel] = Field(default=["warning", "alarm"], min_length=1)
    machines: list[str] = Field(default=[])
    every_change: bool = False
    kind: str

    @property
    def title(self) -> str:
        """Its name, or its kind where it has none."""
        return self.name or self.kind


class MqttSettings(ChannelSettings):
    """A broker of MQTT; `topic` begins all topics, `discovery` is the prefix of Home Assistant, empty for none."""

    kind: Literal["mqtt"]
    broker: Broker
    username: str | None = Field(default=None, min_length=1)
    password: Secret | None = None
    ca_file: str | None = Field(default=None, min_length=1)
    topic: str = Field(default="offkey", pattern=r"^[^+#\s]+$")
    discovery: str = Field(default="homeassistant", pattern=r"^[^+#\s]*$")
    levels: list[EventLevel] = Field(default=["watch", "warning", "alarm"], min_length=1)
    every_change: bool = True


class WebhookSettings(ChannelSettings):
    """An address that takes messages as JSON; `secret` is the key of their signature."""

    kind: Literal["webhook"]
    url: WebAddress
    secret: Secret
    timeout_s: float = Field(default=10.0, gt=0, le=300)


class EmailSettings(ChannelSettings):
    """A server of e-mail; `port` is 587, 465 or 25 by the kind of `security`."""

    kind: Literal["email"]
    host: str = Field(min_length=1)
    port: int | None = Field(default=None, ge=1, le=65_535)
    security: Literal["starttls", "ssl", "none"] = "starttls"
    username: str | None = Field(default=None, min_length=1)
    password: Secret | None = None
    sender: str = Field(min_length=3, pattern=r"^[^\s@]+@[^\s@]+$")
    to: list[Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+$")]] = Field(min_length=1)
    ca_file: str | None = Field(default=None, min_length=1)
    timeout_s: float = Field(default=20.0, gt=0, le=300)


class AppriseSettings(ChannelSettings):
    """Services that apprise knows; `urls` is a secret, with one address per line."""

    kind: Literal["apprise"]
    urls: Secret


class CommandSettings(ChannelSettings):
    """A program that gets each message as JSON on standard input."""

    kind: Literal["command"]
    command: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1)
    timeout_s: float = Field(default=30.0, gt=0, le=3600)

    @field_validator("command")
    @classmethod
    def _check_text(cls, command: list[str]) -> list[str]:
        if any("\0" in part for part in command):
            raise ValueError("an argument of a command holds no zero byte")
        return command


NotifySettings = Annotated[
    MqttSettings | WebhookSettings | EmailSettings | AppriseSettings | CommandSettings, Field(discriminator="kind")
]
