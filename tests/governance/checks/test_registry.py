from __future__ import annotations

import pytest

from governance.self_checks import SelfCheck, names, registered_for_test
from governance.severities import Severity, is_graver, severity_of


def check(name, *owns):
    return SelfCheck(name, frozenset(owns), lambda context: {})


def test_a_second_check_of_the_name_is_refused():
    with pytest.raises(ValueError, match="trust_drift"), registered_for_test(check("trust_drift")):
        pass


def test_an_event_type_has_one_owner():
    with (
        pytest.raises(ValueError, match="silent_approval"),
        registered_for_test(check("mine", "silent_approval")),
    ):
        pass


def test_the_checks_of_all_rooms_are_found():
    assert {
        "trust_drift",
        "llm_hallucination",
        "execution_blast_radius",
        "silent_approval",
    } <= set(names())


@pytest.mark.parametrize(
    ("event_type", "severity"),
    [
        ("slo_violation", "critical"),
        ("slo_autonomy_rate_violation", "critical"),
        ("conservative_mode", "critical"),
        ("governance_slo_data_gap", "critical"),
        ("governance_self_failure", "critical"),
        ("trust_drift", "warning"),
        ("kb_stale", "warning"),
        ("knowledge_degradation", "warning"),
        ("execution_blast_radius", "warning"),
        ("silent_approval", "warning"),
        ("replay_degraded", "info"),
        ("self_demotion", "info"),
        ("llm_hallucination", "info"),
        ("anything_else", "info"),
    ],
)
def test_severities(event_type, severity):
    assert severity_of(event_type) == severity


def test_critical_is_graver_than_warning_than_info():
    assert is_graver(Severity.CRITICAL, Severity.WARNING)
    assert is_graver(Severity.WARNING, Severity.INFO)
    assert not is_graver(Severity.WARNING, Severity.WARNING)
