"""An explanation in a notebook: its sentence, its picture and players."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from offkey.errors import MissingExtraError
from offkey.explain.data_uris import common_gain, sound_uri
from offkey.explain.explanation import Explanation
from offkey.explain.paper_picture import paper_figure
from offkey.explain.picture import figure_of
from offkey.pages import data_uri
from offkey.pictures import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["NotebookExplanation"]


class NotebookExplanation(Explanation):
    """An explanation that notebooks show; fields as of `Explanation`."""

    def plot(self) -> Picture:
        """Return its picture, which a notebook shows, and which ``save`` writes as PNG, SVG or PDF."""
        return Picture(partial(_figure, self))

    def __repr__(self) -> str:
        return f"<Explanation of {self.file}: {self.decision}, score {self.score:.4g}, threshold {self.threshold:.4g}>"

    def _repr_html_(self) -> str:
        nearest = self.nearest
        sounds = {"this clip": self.samples}
        if nearest is not None and nearest.samples is not None:
            sounds[f"the nearest normal clip, {nearest.name}"] = nearest.samples
        gain, _ = common_gain(list(sounds.values()))
        uris = {name: sound_uri(sound, self.rate, gain) for name, sound in sounds.items()}
        players = "".join(
            f"<p>{escape(name)}<br><audio controls preload='none' src='{uri}'></audio></p>"
            for name, uri in uris.items()
        )
        head = f"<p><b>{escape(self.file)}</b>: {escape(self.sentence)} {escape(self.p_value_words)}.</p>"
        try:
            picture = data_uri("image/png", self.plot()._repr_png_())
        except MissingExtraError:
            return head + players
        return f"{head}<p><img style='max-width:100%' alt='explanation' src='{picture}'></p>{players}"


def _figure(explanation: Explanation, width_in: float | None) -> Figure:
    return figure_of(explanation, bare=True) if width_in is None else paper_figure(explanation, width_in)
