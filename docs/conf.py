"""How Sphinx builds the documentation: the Markdown and the notebooks of this folder, searchable without internet."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

project = "offkey"
html_title = "offkey"
html_theme = "furo"  # brings no fonts and loads nothing from elsewhere
extensions = ["myst_nb"]
myst_heading_anchors = 4  # links to headings as GitHub spells them
nb_execution_mode = "off"  # notebooks are stored with their outputs; a test executes them
html_copy_source = False
html_use_index = False  # of terms, which no page marks
html_show_copyright = False
smartquotes = False  # they would turn the two dashes of an option into one

_ACCESSIBLE = {  # what Sphinx and Furo write, and what screen readers and keyboards need
    'class="caption" role="heading"': 'class="caption" role="heading" aria-level="2"',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    "<pre>": '<pre tabindex="0">',
}


def setup(app: Sphinx) -> None:
    """Make pages accessible when they are written."""
    app.connect("build-finished", _make_accessible)


def _make_accessible(app: Sphinx, _error: Exception | None) -> None:
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for before, after in _ACCESSIBLE.items():
            text = text.replace(before, after) if after not in text else text
        page.write_text(text, encoding="utf-8")
