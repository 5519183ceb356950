"""Secrets, which stand in a file or an environment variable, and in no settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from offkey.errors import UsageError
from offkey.watch.section import Section

__all__ = ["Secret"]


class Secret(Section):
    """Place of a secret: a file or an environment variable.

    `file`: its path; a relative one starts at the folder of the TOML file. White space around the secret is left out.
    `env`: name of the variable.
    """

    file: str | None = Field(default=None, min_length=1)
    env: str | None = Field(default=None, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _check_form(cls, given: Any) -> Any:
        """Refuse a secret that is written out, without repeating it."""
        if not isinstance(given, Secret) and not (isinstance(given, dict) and given.keys() <= {"file", "env"}):
            raise ValueError('a secret is not written here; give { file = "PATH" } or { env = "NAME" }')
        return given

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        if (self.file is None) == (self.env is None):
            raise ValueError('a secret has one place; give { file = "PATH" } or { env = "NAME" }')
        return self

    def read(self, folder: Path) -> str:
        """Return the secret.

        Parameters
        ----------
        folder : Path
            Where a relative path starts.

        Raises
        ------
        UsageError
            If it is not there, cannot be read or is empty.
        """
        if self.env is not None:
            if not (found := os.environ.get(self.env, "").strip()):
                raise UsageError(f"The environment variable {self.env} should hold a secret, and is not set.")
            return found
        path = folder / str(self.file)
        try:
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "no text in UTF-8"
            raise UsageError(f"The file {path} should hold a secret, and cannot be read: {why}.") from error
        if not found:
            raise UsageError(f"The file {path} should hold a secret, and is empty.")
        return found
