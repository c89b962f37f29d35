"""The words of governance for people: types of events, checks, stages, steps to come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from awooop.ui_status import legible

_NAME = re.compile(r"[a-z0-9_]+")
WORDS: dict[str, str | Promise] = {
    # types of events, which are names of checks as well
    "trust_drift": _("Trust drift"),
    "knowledge_degradation": _("Knowledge degradation"),
    "kb_stale": _("Stale knowledge"),
    "llm_hallucination": _("Failed verifications"),
    "execution_blast_radius": _("Failing executions"),
    "silent_approval": _("Silent approvals"),
    "slo_compliance": _("SLOs"),
    "slo_violation": _("SLO violated"),
    "governance_slo_data_gap": _("SLOs without data"),
    "governance_self_failure": _("Self-check broken"),
    "conservative_mode": _("Conservative mode"),
    "replay_degraded": _("Replay degraded"),
    "self_demotion": _("Self-demotion"),
    # kinds of work
    "hermes_kb_growth_healthcheck": _("Knowledge health check (Hermes)"),
    "run_kb_growth_healthcheck": _("Run the knowledge health check"),
    "km_stale_owner_review": _("Owner's review of a stale entry"),
    "km_stale_owner_review_batch": _("Batch of owner reviews"),
    "km_owner_review_completion": _("Completed owner review"),
    "km_review_draft_archive": _("Duplicate review drafts archived"),
    "refresh_with_evidence": _("Refresh with evidence"),
    "archive_or_supersede": _("Archive or supersede"),
    "owner_review_stale_km_candidate": _("The owner reviews the entry"),
    "draft_ready": _("The draft is ready"),
    "slo_investigation": _("SLO investigation"),
    "playbook_review": _("Playbook review"),
    # stages of work
    "detected": _("Detected"),
    "ai_analyzed": _("Analysed"),
    "queued_kb_healthcheck": _("Health check queued"),
    "draft_km_updates": _("Draft being written"),
    "waiting_owner_review": _("Owner's review"),
    "km_writeback_after_approval": _("Written back"),
    "stale_ratio_recheck": _("Ratio measured again"),
    "needs_manual_km_triage": _("Triage by hand"),
    # what is to be done next
    "owner_reviews_draft": _("The owner reviews the draft"),
    "triage_knowledge_by_hand": _("Triage the knowledge by hand"),
    "owner_reviews_stale_entries": _("The owner reviews the stale entries"),
    "repair_self_checks": _("Repair the self-checks"),
    "start": _("Start it"),
    # SLOs
    "autonomy_rate": _("Autonomy"),
    "decision_accuracy": _("Decision accuracy"),
    "confidence_calibration": _("Confidence calibration"),
    "km_growth_rate": _("Knowledge growth"),
    "truth_chain_quality_summary_latency": _("Latency of the truth-chain summary"),
    # verbs of a drift
    "handoff": _("Hand off"),
    "adopt": _("Adopt what runs"),
    "resolve": _("Resolve"),
    # conditions of an adoption without a person
    "not_production": _("Not production"),
    "no_secret_rbac_crd": _("No secret, right or type"),
    "few_changes": _("Few changes"),
    "no_image_or_privilege": _("No image or privilege"),
    "no_deletion": _("No deletion"),
    "calm": _("Calm"),
    # statuses of a dispatch, as its steps
    "pending": _("Pending"),
    "dispatched": _("Dispatched"),
    "executing": _("Executing"),
    "succeeded": _("Succeeded"),
    "failed": _("Failed"),
    "skipped": _("Skipped"),
    "cancelled": _("Cancelled"),
    # what a dispatch proposes
    "owner_review": _("Owner review"),
    "queue_owner_reviews": _("Queue owner reviews"),
    "archive": _("Archive"),
    "others": _("Others"),
    # verbs of a dispatch
    "complete": _("Complete"),
    "fail": _("Mark as failed"),
    "skip": _("Skip"),
    "cancel": _("Cancel"),
}


def word(name: object) -> str:
    """Answer the word for a name of the contract; one that nobody listed is made legible, and what
    is no name stays as it is."""
    known, text = WORDS.get(str(name)), str(name)
    if known or not _NAME.fullmatch(text):
        return str(known or text)
    return legible(text)


def told(result: Any) -> list[tuple[str, str]]:
    """Answer a check's result as short pairs of name and value; what is nested is counted."""
    if not isinstance(result, Mapping):
        return []
    return [(str(name), _value(value)) for name, value in result.items() if name != "_meta"]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("status", len(value)))
    if isinstance(value, (list, tuple)):
        return str(len(value))
    return "–" if value is None else str(value)
