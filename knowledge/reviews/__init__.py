"""Owner review of stale knowledge: the kinds of work, and how each goes."""

from governance import workflow
from governance.models import DispatchStatus as _S
from governance.workflow import Workflow

# The executor types of the dispatches that reviews make.
REVIEW = "km_stale_owner_review"
BATCH = "km_stale_owner_review_batch"
COMPLETION = "km_owner_review_completion"
DEDUPE = "km_review_draft_archive"
RECHECK = "stale_ratio_recheck"
# The types of the events that they hang on.
STALE_EVENT = "kb_stale"
BATCH_EVENT = "km_stale_owner_review_batch"

_WAITING = "waiting_owner_review"
_STEPS = ("detected", _WAITING, "km_writeback_after_approval", "stale_ratio_recheck")


def register() -> None:
    """Register the workflows; called once, when the app is ready."""
    workflow.register(
        Workflow(
            executor_type=REVIEW,
            steps=_STEPS,
            stages={
                _S.PENDING: _WAITING,
                _S.DISPATCHED: _WAITING,
                _S.EXECUTING: _WAITING,
                _S.SUCCEEDED: "stale_ratio_recheck",
                _S.FAILED: "needs_manual_km_triage",
                _S.SKIPPED: "skipped",
                _S.CANCELLED: "cancelled",
            },
            next_actions={
                _S.PENDING: "owner_review_stale_km_candidate",
                _S.DISPATCHED: "owner_review_stale_km_candidate",
                _S.EXECUTING: "owner_review_stale_km_candidate",
                _S.SUCCEEDED: "stale_ratio_recheck",
            },
            verbs=frozenset({"skip", "cancel"}),
            operations=("knowledge.review", "governance.act"),
        )
    )
    for kind in (BATCH, COMPLETION, DEDUPE, RECHECK):
        verbs = frozenset({"cancel"} if kind == RECHECK else ())
        workflow.register(Workflow(executor_type=kind, steps=(), stages=_PLAIN[kind], verbs=verbs))


_PLAIN = {
    BATCH: {_S.PENDING: _WAITING, _S.EXECUTING: _WAITING, _S.SUCCEEDED: _WAITING},
    COMPLETION: {
        _S.PENDING: "km_writeback_after_approval",
        _S.EXECUTING: "km_writeback_after_approval",
        _S.SUCCEEDED: "stale_ratio_recheck",
    },
    DEDUPE: {_S.SUCCEEDED: "stale_ratio_recheck"},
    RECHECK: {
        _S.PENDING: "stale_ratio_recheck",
        _S.EXECUTING: "stale_ratio_recheck",
        _S.SUCCEEDED: "rechecked",
    },
}
