"""An explanation in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from offkey.explain.explanation import Region, TimbreFinding
from offkey.explain.phrases import band, listed, when

__all__ = ["sentence"]

_FURTHER = 0.5  # share of the first region's evidence that a further one must have to be spoken of


def sentence(
    regions: Sequence[Region], timbre: Sequence[TimbreFinding], start_s: float, end_s: float, *, anomalous: bool
) -> str:
    """Say where a clip departs from normal, and how it sounds beside normal clips.

    Parameters
    ----------
    regions : sequence of Region
        The most telling first.
    timbre : sequence of TimbreFinding
        All measures.
    start_s, end_s : float
        The clip.
    anomalous : bool
        Whether the clip is called anomalous.

    Returns
    -------
    str
        One to three sentences.
    """
    if not regions:
        said = ["Nothing stands out in any band or moment."]
    else:
        said = [_region(regions[0], start_s, end_s)]
        said += [
            f"Also {_region(region, start_s, end_s, first=False)}"
            for region in regions[1:]
            if region.share > _FURTHER * regions[0].share
        ]
    words = [finding.word for finding in sorted(timbre, key=lambda f: -abs(f.deviation)) if finding.word]
    if words:
        said.append(f"On the whole {listed(words)} than normal.")
    if not anomalous:
        said.insert(0, "Not anomalous by its score; this is what stands out most.")
    return " ".join(said)


def _region(region: Region, start_s: float, end_s: float, *, first: bool = True) -> str:
    direction = "higher" if region.higher else "lower"
    text = (
        f"{direction} than normal {band(region.low_hz, region.high_hz)} {when(region.spans_s, start_s, end_s)}, "
        f"by up to {region.deviation:.1f} standard deviations"
    )
    text = text[0].upper() + text[1:] if first else text
    return f"{text}; {region.character}." if region.character else f"{text}."
