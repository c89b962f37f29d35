"""An outbound message's title says what it is."""

from __future__ import annotations

import pytest

from runs.titles import outbound_title

MARKERS = {
    "RUNBOOK REVIEW": "Runbook review",
    "[AWOOOI CI/CD]": "CI/CD notice",
    "HANDOFF REQUIRED": "Handed over to a person",
    "AUTO RESOLVED": "Resolved automatically",
    "ESCALATION": "Incident escalated",
    "ACTION REQUIRED": "Action required",
    "AI 治理警報": "Governance alert",
    "AI 自動修復失敗": "Automatic repair failed",
    "AI 自動修復完成": "Resolved automatically",
    "事故升級": "Incident escalated",
}
GENERAL = {"interim": "Progress message", "final": "Final message", "error": "Error message"}
TELLING = {
    "approval_request": "Approval requested",
    "governance_alert": "Governance alert",
    "callback_reply": "Reply to a button",
    "report": "Daily report",
}


@pytest.mark.parametrize(("message_type", "title"), {**GENERAL, **TELLING}.items())
def test_a_type_has_a_title(message_type, title):
    assert str(outbound_title(message_type, "plain words")) == title


@pytest.mark.parametrize("message_type", [*GENERAL, "", "older"])
@pytest.mark.parametrize(("marker", "title"), MARKERS.items())
def test_a_marker_tells_what_a_general_message_is(message_type, marker, title):
    assert str(outbound_title(message_type, f"⚠️ <b>{marker}</b>\nmore text")) == title


@pytest.mark.parametrize("message_type", TELLING)
@pytest.mark.parametrize("marker", MARKERS)
def test_a_telling_type_wins_over_any_marker(message_type, marker):
    assert str(outbound_title(message_type, marker)) == TELLING[message_type]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("ACTION REQUIRED\nHANDOFF REQUIRED", "Handed over to a person"),
        ("ESCALATION\nACTION REQUIRED", "Incident escalated"),
        ("AI 自動修復失敗\nHANDOFF REQUIRED", "Automatic repair failed"),
        ("ACTION REQUIRED: RUNBOOK REVIEW", "Runbook review"),
        ("no action required; escalation is over", "Final message"),
    ],
)
def test_of_several_markers_the_particular_one_wins(text, title):
    assert str(outbound_title("final", text)) == title


@pytest.mark.parametrize("text", ["", None])
def test_an_unknown_message_without_text_is_a_message(text):
    assert str(outbound_title("", text)) == "Message sent"


def test_a_title_is_translated_when_it_is_shown():
    from django.utils import translation
    from django.utils.functional import Promise

    title = outbound_title("final", "")
    assert isinstance(title, Promise)
    with translation.override("en"):
        assert str(title) == "Final message"
