"""Webhooks against a server with a script of answers."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest
from tests.brokers import free_port
from tests.watch.advisory.channels.conftest import Script

from offkey.watch.advisory.channels.base import LaterError, RefusedError, Site
from offkey.watch.advisory.channels.webhook import WebhookChannel
from offkey.watch.advisory.notice import Alert
from offkey.watch.advisory.secret import Secret
from offkey.watch.advisory.settings import WebhookSettings

NOW = 1_800_000_000.5


@pytest.fixture
def webhook(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], WebhookChannel]:
    monkeypatch.setenv("HOOK", "hunter2")

    def make(url: str) -> WebhookChannel:
        settings = WebhookSettings(kind="webhook", url=url, secret=Secret(env="HOOK"), timeout_s=20)
        return WebhookChannel(settings, site, lambda: NOW)

    return make


def test_an_alert_is_signed_over_time_and_body_and_known_by_its_event(webhook, web: Script, alert) -> None:
    said = webhook(f"{web.url}/in?x=1").send(alert())
    ((path, headers, body),) = web.requests
    assert said == "127.0.0.1 answered 200"
    assert path == "/in?x=1"
    assert headers["Offkey-Timestamp"] == "1800000000"
    expected = hmac.new(b"hunter2", b"1800000000." + body, hashlib.sha256).hexdigest()
    assert headers["Offkey-Signature"] == f"sha256={expected}"
    assert headers["Idempotency-Key"] == "e1-1"
    assert headers["Content-Type"] == "application/json"
    found: dict[str, Any] = json.loads(body)
    assert (found["id"], found["seq"], found["kind"], found["title"]) == ("e1", 1, "new", "pump: warning")


def test_a_second_try_has_the_same_body_and_key(webhook, web: Script, alert: Callable[..., Alert]) -> None:
    channel = webhook(web.url)
    web.answers = [(503, {})]
    with pytest.raises(LaterError, match=r"127\.0\.0\.1 answered 503\."):
        channel.send(alert())
    channel.send(alert())
    (_, first, body), (_, second, again) = web.requests
    assert (body, first["Idempotency-Key"]) == (again, second["Idempotency-Key"])


@pytest.mark.parametrize(
    ("status", "headers", "after_s"),
    [
        (408, {}, 0),
        (429, {"Retry-After": "120"}, 120),
        (429, {"Retry-After": formatdate(NOW + 60, usegmt=True)}, 59.5),
        (429, {"Retry-After": formatdate(NOW - 60, usegmt=True)}, 0),
        (429, {"Retry-After": "soon"}, 0),
        (429, {"Retry-After": "99999999"}, 86_400),
        (500, {}, 0),
        (503, {"Retry-After": "7"}, 7),
    ],
)
def test_an_answer_that_may_change_is_tried_again(
    webhook, web: Script, alert, status: int, headers: dict[str, str], after_s: float
) -> None:
    web.answers = [(status, headers)]
    with pytest.raises(LaterError) as found:
        webhook(web.url).send(alert())
    assert found.value.after_s == pytest.approx(after_s, abs=0.01)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_an_answer_that_will_not_change_ends_the_tries(webhook, web: Script, alert, status: int) -> None:
    web.answers = [(status, {})]
    with pytest.raises(RefusedError, match=f"answered {status}, which no further try would change"):
        webhook(web.url).send(alert())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_not_followed(webhook, web: Script, alert, status: int) -> None:
    web.answers = [(status, {"Location": f"{web.url}/elsewhere"})]
    with pytest.raises(RefusedError, match=f"answered {status}, a redirection, which is not followed"):
        webhook(web.url).send(alert())
    assert [path for path, _, _ in web.requests] == ["/"]


def test_a_server_that_is_not_there_is_tried_for_seven_days(webhook, alert) -> None:
    channel = webhook(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(LaterError, match=r"127\.0\.0\.1 gave no answer") as found:
        channel.send(alert())
    with pytest.raises(LaterError, match=r"127\.0\.0\.1 cannot be reached"):
        channel.check()
    assert [channel.retries.pause_s(tries, found.value) for tries in (1, 2, 3, 7, 100)] == [1, 5, 30, 3600, 3600]
    assert not channel.retries.is_over(7 * 86_400 - 1)
    assert channel.retries.is_over(7 * 86_400)


def test_a_check_sends_nothing(webhook, web: Script) -> None:
    assert webhook(web.url).check() == "127.0.0.1 can be reached"
    assert web.requests == []
