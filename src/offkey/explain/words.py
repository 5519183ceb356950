"""An explanation in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from offkey.explain.explanation import Region, TimbreFinding
from offkey.explain.phrases import band, listed, when

__all__ = ["sentence"]

_SAME_TIME = 0.5
_FURTHER = 0.4  # share of the first region's evidence that a further one must have to be spoken of


def sentence(
    regions: Sequence[Region],
    timbre: Sequence[TimbreFinding],
    start_s: float,
    end_s: float,
    *,
    anomalous: bool,
    whole: bool = True,
    moving: str = "",
) -> str:
    """Return one to three sentences on where a clip departs from normal, and how it sounds beside normal clips.

    Regions come most telling first; a clip that is not `whole` is a window of its recording. What it does in time,
    `moving`, goes before all.
    """

    def times(together: Sequence[Region]) -> str:
        return when(together[0].spans_s, start_s, end_s, whole=whole)

    if not regions:
        sentences = ["Nothing stands out in any band or moment."]
    else:
        further = [region for region in regions if region.share > _FURTHER * regions[0].share]
        together = [region for region in further if _together(region, further[0])]
        sentences = [_in_words(together, times(together), "")]
        sentences += [_in_words([region], times([region]), "also ") for region in further if region not in together]
    if moving:
        sentences = [moving, *(sentences if regions else [])]
    words = [finding.word for finding in sorted(timbre, key=lambda f: -abs(f.deviation)) if finding.word]
    if words:
        sentences.append(f"On the whole {listed(words)} than normal.")
    if not anomalous:
        sentences.insert(
            0, f"Not anomalous by its score{'; this is what stands out most' if regions or moving else ''}."
        )
    return " ".join(sentences)


def _in_words(together: Sequence[Region], times: str, also: str) -> str:
    """Say where regions lie that are one in time, in order of frequency, and what the first of them is like."""
    first = together[0]
    bands = listed([band(region.low_hz, region.high_hz) for region in sorted(together, key=lambda r: r.low_hz)])
    text = (
        f"{also}{'higher' if first.higher else 'lower'} than normal around {bands} "
        f"{times}, by up to "
        f"{max(region.deviation for region in together):.1f} standard deviations"
    )
    return f"{text[0].upper()}{text[1:]}{f'; {first.character}' if first.character else ''}."


def _together(first: Region, second: Region) -> bool:
    """Tell whether two regions depart in the same direction and mostly at the same time."""
    both = sum(max(0.0, min(b, d) - max(a, c)) for a, b in first.spans_s for c, d in second.spans_s)
    longer = max(sum(b - a for a, b in region.spans_s) for region in (first, second))
    return first.higher == second.higher and both > _SAME_TIME * longer
