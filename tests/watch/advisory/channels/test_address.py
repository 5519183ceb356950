"""Addresses as people write them."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from offkey.watch.advisory.channels.address import BrokerAddress, WebAddress, parse_broker


@pytest.mark.parametrize(
    ("text", "host", "port", "tls"),
    [
        ("broker", "broker", 1883, False),
        ("broker.example:1884", "broker.example", 1884, False),
        ("192.168.1.5", "192.168.1.5", 1883, False),
        ("mqtt://broker", "broker", 1883, False),
        ("mqtt://broker:1884/", "broker", 1884, False),
        ("mqtts://broker", "broker", 8883, True),
        ("mqtts://broker:1883", "broker", 1883, True),
        ("[::1]:1883", "::1", 1883, False),
        ("[::1]", "::1", 1883, False),
        ("mqtts://[fe80::1]:8884", "fe80::1", 8884, True),
    ],
)
def test_each_form_of_the_address_of_a_broker(text: str, host: str, port: int, tls: bool) -> None:
    assert parse_broker(text) == BrokerAddress(host, port, tls)


@pytest.mark.parametrize(
    "text", ["", "http://b", "b:99999", "b:0", "b:x", "mqtt://", "mqtt://b/topic", "mqtt://b?x=1", "[::1", "a b", "::1"]
)
def test_what_is_no_address_of_a_broker_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the address of a broker is host, host:port"):
        parse_broker(text)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="do not stand in the address") as found:
        parse_broker("mqtt://user:hunter2@broker")
    assert "hunter2" not in str(found.value)


@pytest.mark.parametrize("text", ["https://a.example/x?y=1", "http://[::1]:8080", "http://a"])
def test_addresses_of_web_servers(text: str) -> None:
    assert TypeAdapter(WebAddress).validate_python(text) == text


@pytest.mark.parametrize(
    "text", ["a.example", "ftp://a", "http://", "http://a\r\nX: y", "http://u:p@a", "http://a#b", "http://[::1"]
)
def test_what_is_no_address_of_a_web_server_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an address"):
        TypeAdapter(WebAddress).validate_python(text)
