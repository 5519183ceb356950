"""E-mail against aiosmtpd."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from tests.brokers import free_port

from offkey.watch.advisory.channels.base import LaterError, RefusedError, Site
from offkey.watch.advisory.channels.email import EmailChannel
from offkey.watch.advisory.secret import Secret
from offkey.watch.advisory.settings import EmailSettings


class Mailbox:
    """Takes mails, unless the test says otherwise."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.receivers: list[list[str]] = []
        self.refused: dict[str, str] = {}
        self.answer = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.answer.startswith("2"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            self.receivers.append(envelope.rcpt_tos)
        return self.answer


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Callable[..., int]]:
    """Return a function: options of aiosmtpd to the port of a server."""
    started: list[Controller] = []

    def start(**options: Any) -> int:
        port = free_port()
        one = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=60, **options)
        one.start()
        started.append(one)
        return port

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def email(site: Site) -> Callable[..., EmailChannel]:
    def make(port: int, **fields: Any) -> EmailChannel:
        given = {
            "kind": "email",
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "sender": "offkey@w.example",
        }
        settings = EmailSettings(**{**given, "to": ["ann@works.example", "bob@works.example"], **fields})
        return EmailChannel(settings, site)

    return make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this computer with its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, crt, path = (folder / name for name in ("key.pem", "crt.pem", "both.pem"))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", crt]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    path.write_bytes(key.read_bytes() + crt.read_bytes())
    return path


def test_alerts_of_an_event_are_a_thread_of_mails(email, server, mailbox: Mailbox, alert) -> None:
    channel = email(server())
    assert channel.send(alert(link="https://works.example/events/e1")) == "127.0.0.1 took the mail"
    channel.send(alert("end", seq=4, machine="pump\r\nBcc: all@x.example"))
    first, last = mailbox.mails
    assert (first["Subject"], last["Subject"]) == (
        "[works] pump: warning",
        "[works] pump Bcc: all@x.example: all clear",
    )
    assert (first["From"], first["To"]) == ("offkey@w.example", "ann@works.example, bob@works.example")
    assert first.get_content().splitlines() == ["It hums.", "", "https://works.example/events/e1"]
    assert last["References"] == first["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"
    assert mailbox.receivers[0] == ["ann@works.example", "bob@works.example"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # of a server that is reached by TLS alone
@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_user_and_password_go_over_tls_alone(
    email, server, mailbox: Mailbox, alert, certificate: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("MAIL", "hunter2")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    seen: list[Any] = []

    def check(_server: Any, _session: Any, _envelope: Any, _how: str, data: LoginPassword) -> AuthResult:
        seen.append(data)
        return AuthResult(success=data.password == b"hunter2", handled=False)

    tls = {"ssl_context": context} if security == "ssl" else {"tls_context": context, "require_starttls": True}
    port = server(authenticator=check, auth_required=True, auth_require_tls=security == "starttls", **tls)
    fields = {"security": security, "username": "offkey", "ca_file": str(certificate), "password": Secret(env="MAIL")}
    email(port, **fields).send(alert())
    assert (len(mailbox.mails), seen) == (1, [LoginPassword(b"offkey", b"hunter2")])
    assert email(port, **fields).check() == "127.0.0.1 can be reached"
    monkeypatch.setenv("MAIL", "wrong")
    with pytest.raises(LaterError, match=r"127\.0\.0\.1 refuses user name and password \(535\)\.") as found:
        email(port, **fields).send(alert())
    assert "wrong" not in str(found.value)
    with pytest.raises(LaterError, match="certificate verify failed"):
        email(port, **{**fields, "ca_file": None}).send(alert())


def test_answers_are_told_apart_by_whether_a_further_try_may_help(email, server, mailbox: Mailbox, alert) -> None:
    channel = email(server())
    mailbox.answer = "451 try later"
    with pytest.raises(LaterError, match=r"127\.0\.0\.1 answered 451 try later\."):
        channel.send(alert())
    mailbox.answer = "554 no"
    with pytest.raises(RefusedError, match=r"127\.0\.0\.1 answered 554 no\."):
        channel.send(alert())
    mailbox.refused = dict.fromkeys(("ann@works.example", "bob@works.example"), "550 unknown")
    with pytest.raises(RefusedError, match="takes mail for nobody"):
        channel.send(alert())
    mailbox.refused = dict.fromkeys(("ann@works.example", "bob@works.example"), "450 busy")
    with pytest.raises(LaterError, match="takes mail for nobody"):
        channel.send(alert())
    mailbox.refused, mailbox.answer = {"bob@works.example": "550 unknown"}, "250 OK"
    assert channel.send(alert()) == "127.0.0.1 took the mail, but not for bob@works.example"


def test_a_server_that_is_not_there_is_tried_again(email, alert) -> None:
    channel = email(free_port())
    for call in (channel.check, lambda: channel.send(alert())):
        with pytest.raises(LaterError, match=r"127\.0\.0\.1 cannot be used: .*refused"):
            call()
