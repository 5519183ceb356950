"""The documentation page of all detectors, made of what their classes say: ``python -m offkey.detectors.page``."""

from __future__ import annotations

import inspect
import re
import sys

from offkey.detectors import find, names
from offkey.detectors.base import Detector

__all__ = ["page"]

_HEAD = """# Detectors

Made by `python -m offkey.detectors.page > docs/detectors.md` from the classes themselves;
[results](results.md#detectors-on-spectra) compares them on data. A detector learns from the features of normal clips
and scores new clips, higher for more anomalous:

<!-- not run: X and X_new are yours -->
```python
from offkey.detectors import create

scores = create("gmm", n_components=4).fit(X).score(X_new)
```

`offkey fit --detector NAME` uses one with a front end, `as_sklearn(NAME)` makes a scikit-learn estimator of one, and
another package adds one by an entry point in the group `offkey.detectors`. Costs are in orders of n training clips
and d features.
"""


def page() -> str:
    """Return the page as Markdown: a table of all detectors, then a section each."""
    classes = [find(name) for name in names()]
    table = ["| detector | assumes | cost |", "| --- | --- | --- |"]
    table += [f"| [`{cls.name}`](#{cls.name}) | {cls.assumes} | {cls.cost} |" for cls in classes]
    return "\n".join([_HEAD, *table, "", *("\n".join(_section(cls)) for cls in classes)])


def _section(cls: type[Detector]) -> list[str]:
    """Return the lines about one detector: its description with its source, and its parameters."""
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
    found = re.findall(r"^(\w+) : .*\n((?:    .*\n?)+)", section, re.M)
    return {name: " ".join(meaning.split()) for name, meaning in found}


def _markdown(text: str) -> str:
    return text.replace("``", "`")


if __name__ == "__main__":
    sys.stdout.write(page())
