"""What front ends and detectors have in common: parameters with rules, a name, a registry."""

from offkey.components.component import Component
from offkey.components.registry import Registry
from offkey.components.rules import Interval, OneOf, Rule, SequenceOf, Text

__all__ = ["Component", "Interval", "OneOf", "Registry", "Rule", "SequenceOf", "Text"]
