"""Reads of one contract: a revision, its history, the active one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from awooop import contract_bodies
from awooop.errors import NotFound
from awooop.models import ContractRevision
from awooop.models.contract import ContractFamily, LifecycleStatus

HISTORY_AT_MOST = 100
NAMED_AT_MOST = 500  # contracts whose names are suggested


def find(revision_id: UUID, projects: Sequence[str]) -> ContractRevision:
    """Answer a revision; raises NotFound."""
    found = ContractRevision.objects.filter(pk=revision_id, project_id__in=projects).first()
    if found is None:
        raise NotFound(_("No such contract revision, or none that you may see."))
    return found


def history(revision: ContractRevision) -> list[ContractRevision]:
    """Answer the newest revisions of the same contract, newest version first."""
    rows = _same_contract(revision).defer("body")
    return list(rows.order_by("-version_major", "-version_minor")[:HISTORY_AT_MOST])


def active(revision: ContractRevision) -> ContractRevision | None:
    """Answer the active revision of the same contract, None where there is none."""
    return _same_contract(revision).filter(lifecycle_status=LifecycleStatus.ACTIVE).first()


def next_version(revision: ContractRevision) -> tuple[int, int]:
    """Answer the version after the contract's newest."""
    newest = _same_contract(revision).order_by("-version_major", "-version_minor").first()
    return (newest or revision).version_major, (newest or revision).version_minor + 1


def agents_and_tools(projects: Sequence[str]) -> tuple[list[str], list[str]]:
    """Answer the agents that have an active contract, and the tools that these grant, by name."""
    active = ContractRevision.objects.filter(
        project_id__in=projects,
        contract_family=ContractFamily.AGENT,
        lifecycle_status=LifecycleStatus.ACTIVE,
    ).only("body", "contract_id")[:NAMED_AT_MOST]
    agents, tools = set(), set()
    for revision in active:
        agents.add(contract_bodies.agent_of(revision))
        tools.update(contract_bodies.grants(revision.body))
    return sorted(agents), sorted(tools)


def _same_contract(revision: ContractRevision):
    return ContractRevision.objects.filter(
        project_id=revision.project_id, contract_id=revision.contract_id
    )
