"""Incidents, runs, what happened in them, and the decisions about them."""

from runs.models.approvals import (
    Approval,
    ApprovalStatus,
    ApprovalToken,
    ApprovalVote,
    Decision,
    RiskLevel,
)
from runs.models.channels import (
    CallbackAction,
    ChannelEvent,
    ChannelHealth,
    MessageType,
    MovedChat,
    OutboundMessage,
    SendStatus,
)
from runs.models.gateway import (
    GateScope,
    LegacyMcpRecord,
    McpCall,
    McpStatus,
    ProjectSpend,
)
from runs.models.incidents import (
    Disposition,
    Incident,
    IncidentStatus,
    ResolutionType,
    Severity,
)
from runs.models.remediation import (
    Evidence,
    Execution,
    Playbook,
    PlaybookStatus,
    RemediationMode,
    RemediationRecord,
    VerificationResult,
)
from runs.models.runs import LinkSource, RemediationStatus, Run, RunIncident, RunState, Step
from runs.models.telegram import TelegramReply, TelegramUse
from runs.models.truth_chain import TruthChainSummary

__all__ = [
    "Approval",
    "ApprovalStatus",
    "ApprovalToken",
    "ApprovalVote",
    "CallbackAction",
    "ChannelEvent",
    "ChannelHealth",
    "Decision",
    "Disposition",
    "Evidence",
    "Execution",
    "GateScope",
    "Incident",
    "IncidentStatus",
    "LegacyMcpRecord",
    "LinkSource",
    "McpCall",
    "McpStatus",
    "MessageType",
    "MovedChat",
    "OutboundMessage",
    "Playbook",
    "PlaybookStatus",
    "ProjectSpend",
    "RemediationMode",
    "RemediationRecord",
    "RemediationStatus",
    "ResolutionType",
    "RiskLevel",
    "Run",
    "RunIncident",
    "RunState",
    "SendStatus",
    "Severity",
    "Step",
    "TelegramReply",
    "TelegramUse",
    "TruthChainSummary",
    "VerificationResult",
]
