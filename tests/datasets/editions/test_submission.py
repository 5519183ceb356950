from __future__ import annotations

from offkey.datasets.editions import find_edition


def test_every_form_of_a_name_is_read() -> None:
    form = find_edition(2023).submission
    told = {"kind": "anomaly_score", "machine": "ToyTank", "section": "00", "domain": ""}
    for middle in ("_test", "", "_test_seed13711_id(0_)_Eval"):
        for before in ("", "DCASE2023T2"):
            assert form.read(f"anomaly_score_{before}ToyTank_section_00{middle}.csv") == told
    for wrong in ("anomaly_score_DCASE2024T2ToyTank_section_00_test.csv", "anomaly_score_ToyTank_section_0_test.csv"):
        assert form.read(wrong) is None
    assert find_edition(2020).submission.read("decision_result_fan_id_00.csv") is None
    assert find_edition(2021).submission.read("decision_result_fan_section_03_target_test.csv") == {
        **told,
        "kind": "decision_result",
        "machine": "fan",
        "section": "03",
        "domain": "target",
    }
