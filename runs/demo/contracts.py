"""What each agent may do, and since when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from awooop.actions.audit import Entry
from awooop.canonical import fingerprint
from awooop.models import ContractRevision
from awooop.models.contract import ContractFamily, LifecycleStatus
from runs.demo.catalogue import SCENARIOS, people
from runs.demo.chapter import Chapter
from runs.demo.world import World

OPERATORS_CHAT = "-1002003004005"
BUDGET_USD = 400
SHADOW_AGENT = "triage-agent"
# Read by the agents on their regular errands, beside what their scenarios ask for.
_ERRANDS: dict[str, tuple[str, ...]] = {
    "sre-agent": ("prometheus.query", "kubectl.get", "pg.activity", "backup.list"),
    "db-agent": ("backup.list", "backup.verify", "pg.activity", "prometheus.query"),
    "network-agent": ("tls.inspect", "dns.lookup", "http.probe"),
    "deploy-agent": ("ci.job_status", "argocd.app_history", "prometheus.query", "git.diff"),
    "km-agent": ("knowledge.list_stale", "incidents.list"),
    SHADOW_AGENT: ("prometheus.query", "kubectl.get", "logs.query"),
}
# Granted for reading only: a call that writes is refused by the gate `scope`.
READ_ONLY: dict[str, str] = {
    "sre-agent": "kubectl.patch",
    "db-agent": "pg.execute",
    "network-agent": "dns.zone",
    "deploy-agent": "kubectl.patch",
}
# Granted to nobody: refused by the gate `contract`.
UNGRANTED: dict[str, str] = {
    "sre-agent": "kubectl.exec",
    "db-agent": "pg.drop_slot",
    "network-agent": "cloud.edit_firewall",
    "deploy-agent": "git.push",
}


@dataclass(frozen=True)
class _Term:
    revision: ContractRevision
    since: datetime
    until: datetime | None


@dataclass
class Shelf:
    """The agents' contract revisions, each with the time in which it was active."""

    terms: list[_Term] = field(default_factory=list)

    def active(self, agent_id: str, at: datetime) -> ContractRevision:
        """Answer the revision of an agent's contract that was active at a moment."""
        for term in self.terms:
            begun = term.since <= at and (term.until is None or at < term.until)
            if begun and term.revision.contract_id == agent_id:
                return term.revision
        raise LookupError(f"{agent_id} has no active contract at {at}")

    def grants(self, agent_id: str, tool: str, at: datetime) -> bool:
        """Whether the contract of that moment names the tool."""
        return tool in self.active(agent_id, at).body["tools"]


def write(world: World, chapter: Chapter) -> Shelf:
    """Tell how the contracts came to be; answers the shelf."""
    shelf = Shelf()
    old, start = world.now - timedelta(days=52, hours=3), world.now - timedelta(days=41, hours=7)
    changed = world.now - timedelta(days=12, hours=6)
    for agent_id, version in {"network-agent": (1, 1), "km-agent": (1, 0)}.items():
        _agent(world, chapter, shelf, agent_id, version, start)
    _agent(world, chapter, shelf, "sre-agent", (2, 0), old, until=start)
    _agent(world, chapter, shelf, "sre-agent", (2, 1), start)
    _draft(world, chapter, "sre-agent", (3, 0), world.now - timedelta(days=3, hours=2))
    _agent(world, chapter, shelf, "db-agent", (1, 2), old, until=changed, without=("pg.vacuum",))
    _agent(world, chapter, shelf, "db-agent", (1, 3), changed)
    _retired(world, chapter, "deploy-agent", (1, 9), old)
    _agent(world, chapter, shelf, "deploy-agent", (2, 0), start)
    _agent(world, chapter, shelf, SHADOW_AGENT, (0, 3), start)
    _others(world, chapter, old)
    return shelf


def body_of(agent_id: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Answer the contract of an agent: every tool that it uses, with its scope."""
    mine = [scenario for scenario in SCENARIOS if scenario.agent == agent_id]
    reads = {tool for scenario in mine for tool, _ in scenario.probes} | set(_ERRANDS[agent_id])
    reads |= {"knowledge.search", READ_ONLY.get(agent_id, "knowledge.search")}
    writes = {scenario.fix.tool for scenario in mine}
    scopes = dict.fromkeys(reads, "read") | dict.fromkeys(writes, "write")
    tools = {name: {"scope": scopes[name]} for name in sorted(scopes) if name not in without}
    limits = {"max_steps": 40, "max_cost_usd": "2.50", "max_minutes": 90}
    return {"agent": agent_id, "tools": tools, "limits": limits}


def _agent(
    world: World,
    chapter: Chapter,
    shelf: Shelf,
    agent_id: str,
    version: tuple[int, int],
    since: datetime,
    *,
    until: datetime | None = None,
    without: tuple[str, ...] = (),
) -> None:
    status = LifecycleStatus.DEPRECATED if until else LifecycleStatus.ACTIVE
    body = body_of(agent_id, without)
    revision = _revision(
        world, chapter, agent_id, ContractFamily.AGENT, body, version, status, since
    )
    shelf.terms.append(
        _Term(revision, since + timedelta(hours=1), until and until + timedelta(hours=1))
    )
    _activated(world, chapter, revision, since + timedelta(hours=1))


def _draft(
    world: World, chapter: Chapter, agent_id: str, version: tuple[int, int], at: datetime
) -> None:
    body = body_of(agent_id)
    body["tools"] |= {
        "kubectl.rollout_restart": {"scope": "write"},
        "node.reboot": {"scope": "admin"},
    }
    _revision(
        world, chapter, agent_id, ContractFamily.AGENT, body, version, LifecycleStatus.DRAFT, at
    )


def _retired(
    world: World, chapter: Chapter, agent_id: str, version: tuple[int, int], at: datetime
) -> None:
    body = body_of(agent_id)
    body["limits"]["max_cost_usd"] = "5.00"
    revision = _revision(
        world, chapter, agent_id, ContractFamily.AGENT, body, version, LifecycleStatus.RETIRED, at
    )
    _recorded(world, chapter, revision, "contract.retired", at + timedelta(days=9))


def _others(world: World, chapter: Chapter, at: datetime) -> None:
    bodies: dict[str, tuple[ContractFamily, dict[str, Any]]] = {
        "tool-policy": (
            ContractFamily.TOOL_POLICY,
            {
                "default": "refuse",
                "needs_approval": ["write", "admin"],
                "two_approvals": ["kubectl.drain", "etcd.defrag", "payments.set_route"],
                "never": sorted(UNGRANTED.values()),
            },
        ),
        "telegram-operators": (
            ContractFamily.CHANNEL,
            {"telegram_chat_id": OPERATORS_CHAT, "languages": ["zh-hant", "en"]},
        ),
        "budget-monthly": (
            ContractFamily.BUDGET,
            {"limit_usd": f"{BUDGET_USD}.00", "per": "calendar month", "warn_at": "0.80"},
        ),
    }
    for contract_id, (family, body) in bodies.items():
        revision = _revision(
            world, chapter, contract_id, family, body, (1, 0), LifecycleStatus.ACTIVE, at
        )
        _activated(world, chapter, revision, at + timedelta(hours=2))


def _revision(
    world: World,
    chapter: Chapter,
    contract_id: str,
    family: ContractFamily,
    body: dict[str, Any],
    version: tuple[int, int],
    status: LifecycleStatus,
    at: datetime,
) -> ContractRevision:
    revision = chapter.add(
        ContractRevision(
            revision_id=world.uuid("contract"),
            project_id=world.project_id,
            contract_id=contract_id,
            contract_family=family,
            lifecycle_status=status,
            body=body,
            body_hash=fingerprint(body),
            version_major=version[0],
            version_minor=version[1],
            created_at=at,
        )
    )
    _recorded(world, chapter, revision, "contract.draft", at)
    return revision


def _activated(world: World, chapter: Chapter, revision: ContractRevision, at: datetime) -> None:
    _recorded(world, chapter, revision, "contract.active", at)


def _recorded(
    world: World, chapter: Chapter, revision: ContractRevision, action: str, at: datetime
) -> None:
    details = {
        "contract_id": revision.contract_id,
        "version": f"{revision.version_major}.{revision.version_minor}",
        "body_hash": revision.body_hash,
    }
    by = people.person(people.ADMINISTRATOR, world.project_id)
    chapter.record(at, by, Entry(action, "contract", str(revision.revision_id), details))
