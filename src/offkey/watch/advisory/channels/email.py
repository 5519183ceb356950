"""E-mail over a server that takes it from here."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate
from typing import ClassVar

from offkey.watch.advisory.channels.base import Channel, LaterError, RefusedError, Retries, Site
from offkey.watch.advisory.notice import Alert
from offkey.watch.advisory.settings import EmailSettings

__all__ = ["EmailChannel"]

_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


class EmailChannel(Channel):
    """Sends each alert as a mail; those of an event are a thread, since they refer to its first.

    Parameters
    ----------
    settings : EmailSettings
        The server, and who writes to whom.
    site : Site
        The plant.
    """

    retries: ClassVar[Retries] = Retries(pauses_s=(10, 60, 300, 900, 3600), days=3.0)

    def __init__(self, settings: EmailSettings, site: Site) -> None:
        self._settings, self._plant, self._domain = settings, site.name, f"{site.uuid}.offkey"
        self._password = None if settings.password is None else settings.password.read(site.folder)
        ca_file = None if settings.ca_file is None else str(site.folder / settings.ca_file)
        self._tls = None if settings.security == "none" else ssl.create_default_context(cafile=ca_file)
        self._port = settings.port or _PORTS[settings.security]

    def send(self, alert: Alert) -> str:
        """Hand a mail over."""
        with self._server() as server:
            refused = server.send_message(self._mail(alert))
        left_out = f", but not for {', '.join(sorted(refused))}" if refused else ""
        return f"{self._settings.host} took the mail{left_out}"

    def check(self) -> str:
        """Connect and log in."""
        with self._server() as server:
            server.noop()
        return f"{self._settings.host} can be reached"

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        """Open a session; what fails in it is told apart by whether a further try may help."""
        settings = self._settings
        try:
            with self._opened() as server:
                if settings.security == "starttls":
                    server.starttls(context=self._tls)
                if settings.username is not None:
                    server.login(settings.username, self._password or "")
                yield server
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            raise _failure(f"{settings.host} takes mail for nobody: {error.recipients}.", min(codes)) from error
        except smtplib.SMTPAuthenticationError as error:
            raise LaterError(f"{settings.host} refuses user name and password ({error.smtp_code}).") from error
        except smtplib.SMTPResponseException as error:
            answer = error.smtp_error
            words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
            raise _failure(f"{settings.host} answered {error.smtp_code} {words}.", error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise LaterError(f"{settings.host} cannot be used: {error or type(error).__name__}.") from error

    def _opened(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "ssl":
            return smtplib.SMTP_SSL(settings.host, self._port, timeout=settings.timeout_s, context=self._tls)
        return smtplib.SMTP(settings.host, self._port, timeout=settings.timeout_s)

    def _mail(self, alert: Alert) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = " ".join(f"[{self._plant}] {alert.title}".split())
        mail["From"], mail["To"] = self._settings.sender, ", ".join(self._settings.to)
        mail["Date"] = formatdate(alert.at)
        mail["Message-ID"] = f"<{alert.key}@{self._domain}>"
        if alert.seq > 1:
            mail["In-Reply-To"] = mail["References"] = f"<{alert.id}-1@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: it is not answered by a holiday note
        mail.set_content("\n\n".join(part for part in (alert.text, alert.link) if part) + "\n")
        return mail


def _failure(sentence: str, code: int) -> LaterError | RefusedError:
    """Return the failure for an answer of SMTP: from 500 on it is final."""
    return RefusedError(sentence) if code >= 500 else LaterError(sentence)
