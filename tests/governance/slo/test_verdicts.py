from __future__ import annotations

import math
from decimal import Decimal

import pytest

from governance.slo import readings, verdicts
from governance.slo.definitions import BUILT_IN, Slo

ABOVE = Slo("quality", "q", Decimal("0.80"), Decimal("0.70"), "above", "look here")
BELOW = Slo("latency", "q", Decimal(2), Decimal(8), "below", "look there")


def judge(slo, value):
    verdict = verdicts.judge(slo, readings.of(value))
    return verdict["status"], verdict["gap"], verdict["meets_target"]


@pytest.mark.parametrize(
    ("slo", "value", "expected"),
    [
        (ABOVE, 0.95, ("ok", 0.15, True)),
        (ABOVE, 0.80, ("ok", 0.0, True)),
        (ABOVE, 0.75, ("ok", 0.05, False)),
        (ABOVE, 0.70, ("ok", 0.1, False)),
        (ABOVE, 0.69, ("violated", 0.01, False)),
        (ABOVE, 0.0, ("violated", 0.7, False)),
        (ABOVE, 0.6999999999, ("ok", 0.1, False)),  # 0.7 as another computer has it
        (BELOW, 1.5, ("ok", 0.5, True)),
        (BELOW, 8.0, ("ok", 6.0, False)),
        (BELOW, 9.25, ("violated", 1.25, False)),
    ],
)
def test_only_what_is_beyond_the_red_line_is_violated(slo, value, expected):
    assert judge(slo, value) == expected


@pytest.mark.parametrize("slo", [ABOVE, BELOW])
@pytest.mark.parametrize(
    ("reading", "status", "reason"),
    [
        (readings.of(None), "skipped", "no_data"),
        (readings.of(math.nan), "skipped", "non_finite_value"),
        (readings.of(math.inf), "skipped", "non_finite_value"),
        (readings.of(-math.inf), "skipped", "non_finite_value"),
        (readings.failed("no", reason="prometheus_unreachable"), "error", "prometheus_unreachable"),
        (readings.failed("no"), "error", "query_failed"),
    ],
)
def test_what_is_no_number_is_never_ok_nor_violated(slo, reading, status, reason):
    verdict = verdicts.judge(slo, reading)
    assert (verdict["status"], verdict["reason"]) == (status, reason)
    assert verdict["value"] is verdict["gap"] is verdict["meets_target"] is None
    assert verdict["hint"]


def test_no_data_has_the_slos_own_hint():
    assert verdicts.judge(ABOVE, readings.of(None))["hint"] == "look here"


def summary(*statuses):
    return verdicts.summary({str(n): {"status": status} for n, status in enumerate(statuses)})


def test_the_summary_counts_each_status():
    assert summary("ok", "violated", "skipped", "error", "ok") == {
        "violated_count": 1,
        "skipped_count": 1,
        "ok_count": 2,
        "error_count": 1,
        "all_status": {"0": "ok", "1": "violated", "2": "skipped", "3": "error", "4": "ok"},
        "all_skipped": False,
        "status": "violated",
    }


@pytest.mark.parametrize(
    ("statuses", "status", "all_skipped"),
    [
        (["skipped", "skipped"], "no_data", True),
        (["error", "error"], "no_data", False),
        (["skipped", "error"], "no_data", False),
        ([], "no_data", False),
        (["ok", "skipped"], "ok", False),
        (["violated", "error"], "violated", False),
    ],
)
def test_together_they_are_ok_only_where_one_is(statuses, status, all_skipped):
    found = summary(*statuses)
    assert (found["status"], found["all_skipped"]) == (status, all_skipped)


def test_the_built_in_slos_are_the_agreed_ones():
    found = {
        name: (slo.query, float(slo.target), float(slo.hard_red_line), str(slo.direction))
        for name, slo in BUILT_IN.items()
    }
    latency = "awooop_truth_chain_quality_summary_last_duration_seconds"
    growth = "max(knowledge_entries_created_24h) or max(sli:km_growth_rate:24h)"
    assert found == {
        "autonomy_rate": ("sli:autonomy_rate:5m", 0.8, 0.7, "above"),
        "decision_accuracy": ("sli:decision_accuracy:5m", 0.9, 0.85, "above"),
        "confidence_calibration": ("sli:confidence_calibration:1h", 0.8, 0.7, "above"),
        "km_growth_rate": (growth, 20.0, 5.0, "above"),
        "truth_chain_quality_summary_latency": (
            f'max({latency}{{limit="8",success="true"}})',
            2.0,
            8.0,
            "below",
        ),
    }
