"""The tables of governance."""

from governance.models.checks import CheckThreshold, CheckTrigger, SelfCheckCycle
from governance.models.dispatches import ACTIVE, Dispatch, DispatchStatus
from governance.models.drift import DriftFingerprint, DriftState
from governance.models.events import GovernanceEvent
from governance.models.slo import SloDefinition, SloDirection, SloSample, SloStatus

__all__ = [
    "ACTIVE",
    "CheckThreshold",
    "CheckTrigger",
    "Dispatch",
    "DispatchStatus",
    "DriftFingerprint",
    "DriftState",
    "GovernanceEvent",
    "SelfCheckCycle",
    "SloDefinition",
    "SloDirection",
    "SloSample",
    "SloStatus",
]
