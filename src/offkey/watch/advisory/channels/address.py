"""Addresses of brokers and web servers, as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, InstanceOf, WithJsonSchema

__all__ = ["Broker", "BrokerAddress", "WebAddress", "parse_broker"]

_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True)
class BrokerAddress:
    """Host and port of a broker, and whether it is reached by TLS."""

    host: str
    port: int
    tls: bool


def parse_broker(text: str) -> BrokerAddress:
    """Read the address of a broker.

    Parameters
    ----------
    text : str
        ``host``, ``host:port``, ``mqtt://host``, ``mqtts://host:port``, or with an IPv6 address in brackets.

    Returns
    -------
    BrokerAddress
        With port 1883, or 8883 for TLS, unless the text has another.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    forms = "host, host:port, mqtt://host:port, mqtts://host:port or [::1]:1883"
    address = text.strip() if "://" in text else f"mqtt://{text.strip()}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ValueError(f"the address of a broker is {forms}") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("user and password do not stand in the address of a broker; give username and password")
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in _PORTS or not parts.hostname or not bare or port == 0 or " " in text.strip():
        raise ValueError(f"the address of a broker is {forms}")
    return BrokerAddress(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "mqtts")


def _broker(given: Any) -> Any:
    return parse_broker(given) if isinstance(given, str) else given


def _web(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or any(ord(sign) <= 32 or ord(sign) == 127 for sign in text):
        raise ValueError("an address begins with http:// or https:// and a host")
    if parts.username is not None or parts.fragment:
        raise ValueError("an address has neither a user nor a fragment")
    return text


Broker = Annotated[InstanceOf[BrokerAddress], BeforeValidator(_broker), WithJsonSchema({"type": "string"})]
WebAddress = Annotated[str, AfterValidator(_web)]
