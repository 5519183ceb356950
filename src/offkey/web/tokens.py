"""Tokens of visitors and programs, each with a scope, in a file that its owner alone may read."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import stat
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from offkey.errors import UsageError
from offkey.files import atomic_text

__all__ = ["SCOPES", "Scope", "Tokens", "Visitor"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEAD = "# name, scope and SHA-256 of each token; made by 'offkey token'\n"


class Scope(IntEnum):
    """Permissions of a visitor; each holds those before it."""

    none = 0
    read = 1
    review = 2
    admin = 3


SCOPES = tuple(scope.name for scope in Scope if scope)
"""Names of the scopes that a token can have."""


@dataclass(frozen=True)
class Visitor:
    """A visitor or program that may come in.

    `name`: of the token; empty where none is needed.
    """

    name: str
    scope: Scope


@dataclass(frozen=True)
class _Token:
    name: str
    scope: Scope
    digest: str


class Tokens:
    """The tokens of a file; a change of the file counts from the next request on.

    The file holds digests, so that whoever copies it cannot come in. A token has 256 bits of chance, which no
    dictionary shortens: one round of SHA-256 suffices.

    `path`: the file; one line per token.

    Raises
    ------
    UsageError
        If it cannot be read, others may read it, or a line is not as it must be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state: tuple[int, int] | None = None
        self._tokens: list[_Token] = []
        self.check()

    @classmethod
    def make(cls, path: Path) -> Tokens:
        """Return the tokens of a file, which is made where it is not there."""
        if not path.exists():
            try:
                path.touch(0o600)
            except OSError as error:
                raise UsageError(f"The file of tokens {path} cannot be made: {error.strerror or error}.") from error
        return cls(path)

    def check(self) -> None:
        """Read the file where it has changed."""
        try:
            found = self.path.stat()
            state = (found.st_mtime_ns, found.st_size)
            if state == self._state:
                return
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            raise UsageError(f"The file of tokens {self.path} cannot be read: {why}.") from error
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise UsageError(f"Others may read the file of tokens {self.path}: run 'chmod 600 {self.path}' first.")
        self._tokens = _tokens_of(self.path, text)
        self._state = state

    def names(self) -> list[tuple[str, Scope]]:
        """Return name and scope of each token."""
        return [(token.name, token.scope) for token in self._tokens]

    def find(self, offered: str) -> Visitor | None:
        """Return whose token it is; None for nobody's."""
        self.check()
        digest, found = _digest(offered), None
        for token in self._tokens:  # all of them, so that time tells nothing
            if hmac.compare_digest(token.digest, digest):
                found = Visitor(token.name, token.scope)
        return found

    def add(self, name: str, scope: Scope) -> str:
        """Make a token, keep its digest, and return it; it cannot be had a second time."""
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"The name of a token has 1 to 64 letters, digits, dots, dashes or underscores. Got {name!r} instead."
            )
        if any(token.name == name for token in self._tokens):
            raise UsageError(f"There is a token {name!r} in {self.path} already: remove it first, or choose another.")
        token = secrets.token_urlsafe(32)
        self._write([*self._tokens, _Token(name, scope, _digest(token))])
        return token

    def remove(self, name: str) -> None:
        """Remove a token, which lets nobody in from then on."""
        left = [token for token in self._tokens if token.name != name]
        if len(left) == len(self._tokens):
            names = ", ".join(token.name for token in self._tokens) or "none at all"
            raise UsageError(f"There is no token {name!r} in {self.path}, but {names}.")
        self._write(left)

    def _write(self, tokens: list[_Token]) -> None:
        with atomic_text(self.path) as file:
            file.write(_HEAD)
            file.writelines(f"{token.name} {token.scope.name} {token.digest}\n" for token in tokens)
        self._state = None
        self.check()


def _tokens_of(path: Path, text: str) -> list[_Token]:
    tokens = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split()
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]) or not _DIGEST.fullmatch(parts[2]):
            raise UsageError(
                f"{path}, line {number}: a token is a name, a scope and a SHA-256. Make it by 'offkey token'."
            )
        if parts[1] not in SCOPES:
            raise UsageError(f"{path}, line {number}: the scope is one of {', '.join(SCOPES)}, not {parts[1]!r}.")
        tokens.append(_Token(parts[0], Scope[parts[1]], parts[2]))
    return tokens


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
