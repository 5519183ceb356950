"""A classifier of machine types in words."""

from __future__ import annotations

from offkey.learned.identify.identifier import Identifier

__all__ = ["describe_identifier"]


def describe_identifier(identifier: Identifier) -> dict[str, str]:
    """Return sentences on a classifier, each below a heading of one or two words."""
    on, model = identifier.fitted_on, identifier.model
    learnt, held = (sum(sum(ids.values()) for ids in clips.values()) for clips in (on.train, on.held_out))
    figures = {name: on.measured.get(name) for name in ("accuracy", "macro_f1")}
    measured = ", ".join(
        f"{name.replace('_', ' ')} {value:.3f}" for name, value in figures.items() if value is not None
    )
    return {
        "Recognises": f"{len(identifier.types)} machine types: {', '.join(identifier.types)}.",
        "Learnt from": f"{learnt} clips by the classifier '{model.classifier.name}', at {identifier.rate} Hz.",
        "Measured": f"On {held} clips that were held out: {measured or 'nothing'}. {on.about_split}",
        "Unknown": (
            f"A clip is called unknown if its likeliest type has a probability below {model.least_probability:g}, or "
            f"if it lies further from that type than {1 - model.unknown_rate:.0%} of its clips."
        ),
        **({"Notes": " ".join(on.notes)} if on.notes else {}),
    }
