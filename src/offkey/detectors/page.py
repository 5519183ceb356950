"""The documentation page of all detectors and front ends, made of what their classes say.

``python -m offkey.detectors.page > docs/detectors.md``
"""

from __future__ import annotations

import inspect
import re
import sys

from offkey import features
from offkey.components import Component
from offkey.detectors.base import Detector
from offkey.detectors.page_figures import COLUMNS, Figures
from offkey.detectors.registry import find, names

__all__ = ["page"]

_HEAD = """# Detectors and front ends

Made by `python -m offkey.detectors.page > docs/detectors.md` from the docstrings and the tables of
[results](results.md). A detector learns from the features of normal clips and scores new clips; higher is more
anomalous:

<!-- not run: X and X_new are yours -->
```python
from offkey.detectors import create

scores = create("gmm", n_components=4).fit(X).score(X_new)
```

`offkey fit --detector NAME --features NAME` uses a detector with a front end. Another package adds one by an entry
point in the group `offkey.detectors` or `offkey.features`, and tests it with `check_detector` or `check_front_end`.
`as_sklearn("gmm", n_components=2)` makes a scikit-learn estimator; in pipelines and searches its parameters are called
`detector__n_components` and so on. Costs are in orders of n training clips and d features.

Figures are AUC / pAUC with default parameters: on [real spectra](results.md#detectors-on-spectra) (MIMII's fan and
pump, ids 02), and on [mixed-in faults](proxies.md) at +6 to -12 dB, in a real slide rail and in synthetic machines with
real noise (seed 1). Many of these faults are too weak for any detector. A dash means not measured.
"""


def page() -> str:
    """Return the page as Markdown: tables of all detectors and front ends, then a section each."""
    figures, default = Figures.read(), ("fused", "logmel")
    lines = [
        _HEAD,
        "| detector | assumes | cost | " + " | ".join(COLUMNS) + " |",
        "| --- | --- | --- |" + " ---: |" * 3,
    ]
    for cls in (detectors := [find(name) for name in names()]):
        over = "frames" if "frame_size" in cls.defaults() else default[1]
        lines.append(_row(cls, figures.of(cls.name, over)))
    lines += ["", f"The same of the front ends, `{default[0]}` over each:", ""]
    lines += ["| front end | assumes | cost | " + " | ".join(COLUMNS[1:]) + " |", "| --- | --- | --- |" + " ---: |" * 2]
    front_ends = [features.find(name) for name in features.names()]
    lines += [_row(cls, figures.of(default[0], cls.name)[1:]) for cls in front_ends]
    return "\n".join([*lines, "", *("\n".join(_section(cls)) for cls in [*detectors, *front_ends])])


def _row(cls: type[Detector | features.FrontEnd], figures: list[str]) -> str:
    return "| " + " | ".join([f"[`{cls.name}`](#{cls.name})", cls.assumes, cls.cost, *figures]) + " |"


def _section(cls: type[Component]) -> list[str]:
    """Return the lines about one detector or front end: its description with its source, and its parameters."""
    doc = inspect.cleandoc(cls.__doc__ or "")
    description, _, parameters = doc.partition("\n\nParameters\n----------\n")
    lines = [f"## {cls.name}", "", _markdown(description), ""]
    if not cls.defaults():
        return [*lines, "No parameters.", ""]
    told = _parameters(parameters)
    lines += ["| parameter | default | must be | meaning |", "| --- | --- | --- | --- |"]
    for name, default in cls.defaults().items():
        rule = str(cls.rules[name]).replace("|", r"\|")
        lines.append(f"| `{name}` | `{default!r}` | {rule} | {_markdown(told[name])} |")
    return [*lines, ""]


def _parameters(section: str) -> dict[str, str]:
    """Return the meaning of each parameter in a numpydoc section."""
    found = re.findall(r"^(\w+(?:, \w+)*) : .*\n((?:    .*\n?)+)", section, re.M)
    return {name: " ".join(meaning.split()) for names, meaning in found for name in names.split(", ")}


def _markdown(text: str) -> str:
    return text.replace("``", "`")


if __name__ == "__main__":
    sys.stdout.write(page())
