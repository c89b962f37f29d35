"""The kernel's tables."""

from awooop.models.api_key import ApiKey
from awooop.models.audit import AuditAnchor, AuditHead, AuditRecord
from awooop.models.contract import ContractRevision
from awooop.models.lease import Lease
from awooop.models.lists import ListPreference, OwnView, SharedView
from awooop.models.metrics import CounterDelta, CounterTotal
from awooop.models.note import Note, NoteVersion
from awooop.models.project import Membership, Project
from awooop.models.rate_bucket import RateBucket
from awooop.models.second_factor import AuthenticatorApp, RecoveryCode, SecurityKey
from awooop.models.session import Session
from awooop.models.single_sign_on import SingleSignOnIdentity
from awooop.models.stop import Stop
from awooop.models.task import TaskHeartbeat
from awooop.models.telegram import TelegramAccount, TelegramLinkCode
from awooop.models.user import User
from awooop.models.webhook import WebhookDelivery, WebhookSubscription

__all__ = [
    "ApiKey",
    "AuditAnchor",
    "AuditHead",
    "AuditRecord",
    "AuthenticatorApp",
    "ContractRevision",
    "CounterDelta",
    "CounterTotal",
    "Lease",
    "ListPreference",
    "Membership",
    "Note",
    "NoteVersion",
    "OwnView",
    "Project",
    "RateBucket",
    "RecoveryCode",
    "SecurityKey",
    "Session",
    "SharedView",
    "SingleSignOnIdentity",
    "Stop",
    "TaskHeartbeat",
    "TelegramAccount",
    "TelegramLinkCode",
    "User",
    "WebhookDelivery",
    "WebhookSubscription",
]
