"""Components: front ends and detectors share parameters with rules, a name, and a registry."""

from offkey.components.component import CONSENT, Component
from offkey.components.learnt import Kind, Learnt, Number, Numbers, Parts, Size, check_forms
from offkey.components.registry import Registry
from offkey.components.rules import Interval, OneOf, Rule, SequenceOf, Text

__all__ = [
    "CONSENT",
    "Component",
    "Interval",
    "Kind",
    "Learnt",
    "Number",
    "Numbers",
    "OneOf",
    "Parts",
    "Registry",
    "Rule",
    "SequenceOf",
    "Size",
    "Text",
    "check_forms",
]
