"""Apprise: each service gets an alert once, and its address is never shown."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.watch.advisory.channels.conftest import Script

from offkey.errors import UsageError
from offkey.watch.advisory.channels.apprise import AppriseChannel
from offkey.watch.advisory.channels.base import LaterError, Site
from offkey.watch.advisory.secret import Secret
from offkey.watch.advisory.settings import AppriseSettings

pytest.importorskip("apprise")
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # in one of the services


@pytest.fixture
def services(site: Site) -> Callable[..., AppriseChannel]:
    """Return a function: addresses to a channel."""

    def make(*urls: str) -> AppriseChannel:
        (site.folder / "urls").write_text("\n".join(urls), encoding="utf-8")
        return AppriseChannel(AppriseSettings(kind="apprise", urls=Secret(file="urls")), site)

    return make


def test_a_further_try_leaves_out_the_services_that_took_the_alert(services, web: Script, alert) -> None:
    address = web.url.replace("http://", "json://")
    channel = services(f"{address}/first", "", f"{address}/second")
    web.answers = [(200, {}), (500, {})]
    with pytest.raises(LaterError, match=r"1 of 2 services did not take the alert\."):
        channel.send(alert(link="https://works.example/e1"))
    assert channel.send(alert(link="https://works.example/e1")) == "2 services took the alert"
    assert [path for path, _, _ in web.requests] == ["/first", "/second", "/second"]
    body = json.loads(web.requests[-1][2])
    assert (body["title"], body["message"]) == ("pump: warning", "It hums.\n\nhttps://works.example/e1")
    assert body["type"] == "warning"


def test_an_address_that_is_none_is_named_by_its_line(services) -> None:
    with pytest.raises(UsageError, match=r"Line 2 of the addresses of apprise is none that apprise knows\.") as found:
        services("json://localhost/x", "hunter2")
    assert "hunter2" not in str(found.value)


def test_a_check_sends_nothing(services, web: Script) -> None:
    assert "1 services" in services(web.url.replace("http://", "json://")).check()
    assert web.requests == []
