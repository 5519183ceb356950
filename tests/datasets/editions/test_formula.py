from __future__ import annotations

from offkey.datasets.editions import find_edition


def test_what_a_score_means_is_said() -> None:
    assert find_edition(2020).score_meaning == "the arithmetic mean of AUC and pAUC over all machines and ids"
    assert find_edition(2026).score_meaning == (
        "the harmonic mean of AUC (source), AUC (target) and pAUC over all machines and sections; a domain's figure "
        "sets its normal clips against the anomalies of both domains"
    )
