"""A change of settings that a person or a program wants: proposed first, and written only as it was shown."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence

from offkey.watch.edit.plant_editor import Proposal, text_digest
from offkey.watch.settings import parse_settings
from offkey.web.watch.plant import Plant
from offkey.web.watch.settings_fields import edits_from_form

__all__ = ["is_as_shown", "proposed"]


def proposed(plant: Plant, form: Mapping[str, Sequence[str]], digest: str) -> Proposal:
    """Return the change that a form describes.

    Parameters
    ----------
    plant : Plant
        Whose file is changed.
    form : mapping
        All values of each field, as of `edits_from_form`.
    digest : str
        Of the file that the form belongs to.

    Raises
    ------
    UsageError
        If a value is not as it must be, or the file was changed meanwhile.
    """
    text = plant.editor.text()
    edits = edits_from_form(parse_settings(plant.editor.path, text), tomllib.loads(text), form)
    return plant.editor.propose(edits, digest)


def is_as_shown(proposal: Proposal, shown: str) -> bool:
    """Tell whether a proposal is the one that was shown before, by the digest of its text."""
    return shown == text_digest(proposal.text)
