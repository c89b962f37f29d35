"""Rows of every table of a project, each text of them marked, made from the models themselves.

A new table is filled without a line here; where its constraints refuse what is guessed, say in
`ROWS` what its rows must hold.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

from django.apps import apps
from django.db import DatabaseError, models, transaction

from awooop import tenancy
from awooop.actions import audit_anchors
from awooop.clock import now
from awooop.webhooks import secrets as webhook_secrets
from tests import factories
from tests.walks.addresses import has_project

Values = dict[str, Any]
Guess = Callable[["World"], Values]
_BY_ACTIONS = (
    "awooop.auditrecord",
    "awooop.audithead",
    "awooop.auditanchor",
    "awooop.membership",
    "awooop.apikey",
)


class World:
    """A project with rows in all of its tables; `mark` is in every text of them, and only there."""

    def __init__(self, project_id: str) -> None:
        self.project_id = self.mark = project_id
        self.rows: dict[str, list[Any]] = {}
        factories.project(project_id)
        self.key = factories.api_key(project_id)
        self.people = {
            role: factories.user(f"{role}@{project_id}.example", **{project_id: role})
            for role in ("viewer", "operator", "knowledge_owner", "project_admin")
        }
        with tenancy.scope([project_id]):
            audit_anchors.anchor(project_id)
            for model in _in_order():
                self.rows[model._meta.label_lower] = self._fill(model)

    def one(self, label: str, index: int = 0) -> Any:
        """Answer a row of a model, such as `runs.run`."""
        return self.rows[label][index]

    def ident(self, name: str, index: int = 0) -> Any:
        """Answer the key that a path or query calls by this name: `run_id`, `approval_id`."""
        if name == "project_id":
            return self.project_id
        name = name.removeprefix("batch_")
        if name in TEXTS:
            return TEXTS[name](self, index)
        for rows in filter(None, self.rows.values()):
            own = rows[0]._meta
            names = (own.pk.name, f"{own.model_name}_id", ALIASES.get(own.label_lower))
            if name in names or name.replace("_", "") == f"{own.model_name}id":
                return rows[index].pk
        return None

    def idents(self) -> dict[str, Any]:
        """Answer the key of the first row of each table, by label, and the project's."""
        found = {
            label: rows[0].pk
            for label, rows in self.rows.items()
            if rows and not isinstance(rows[0].pk, tuple)
        }
        return {**found, "awooop.project": self.project_id}

    def incident_id(self, index: int) -> str:
        """Answer an incident's id that holds the mark."""
        return f"INC-20261101-{self.mark.upper()}{index}"

    def _fill(self, model: type[models.Model]) -> list[Any]:
        label = model._meta.label_lower
        if label in _BY_ACTIONS:
            return list(model._default_manager.filter(project_id=self.project_id).order_by("pk"))
        made = []
        for index, guess in enumerate(ROWS.get(label, (_nothing, _nothing))):
            values = {**self._guessed(model, index), **guess(self)}
            try:
                with transaction.atomic():
                    made.append(model._default_manager.create(**values))
            except (DatabaseError, ValueError, TypeError) as error:
                if made and label not in ROWS:  # a table that keeps one row of a project
                    break
                raise AssertionError(
                    f"tests/walks/world.py cannot guess a row of {label}: add to ROWS what its"
                    f" rows must hold ({error})"
                ) from error
        return made

    def _guessed(self, model: type[models.Model], index: int) -> Values:
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        guessed = {field.attname: self._value(field, index) for field in fields}
        return {name: value for name, value in guessed.items() if value is not _LEAVE}

    def _value(self, field: models.Field, index: int) -> Any:
        if field.is_relation:
            return self._related(field, index)
        if field.name == "incident_id":
            return self.incident_id(index)
        if field.choices:
            return _LEAVE if field.has_default() or field.null else field.choices[0][0]
        if isinstance(field, (models.CharField, models.TextField)):
            return f"{self.mark}{index} {field.name}"[: field.max_length]
        if isinstance(field, models.JSONField):
            return [self.mark] if field.default is list else {"text": self.mark}
        if field.null or field.has_default() or field.primary_key:
            return _LEAVE
        return _PLAIN[type(field)]() if type(field) in _PLAIN else 1

    def _related(self, field: models.Field, index: int) -> Any:
        label = field.related_model._meta.label_lower
        if label == "awooop.project":
            return self.project_id
        if label == "awooop.user":
            return self.people["operator"].pk
        rows = self.rows.get(label, ())
        return rows[index % len(rows)].pk if rows else None


# By what else a path or query calls the key of a table's rows.
ALIASES = {"governance.driftfingerprint": "drift_id", "governance.governanceevent": "event_id"}
# Ids in a path that are made of a row's key.
TEXTS: dict[str, Callable[[World, int], str]] = {
    "work_item_id": lambda world, index: f"adr100:{world.one('runs.evidence', index).pk}",
    "key_id": lambda world, index: "9",
    "session_ident": lambda world, index: str(UUID(int=9)),
}
_LEAVE = object()
_PLAIN: dict[type[models.Field], Callable[[], Any]] = {
    models.UUIDField: uuid4,
    models.DateTimeField: now,
    models.DateField: lambda: now().date(),
    models.BooleanField: bool,
}


def _nothing(world: World) -> Values:
    return {}


def _holding(world: World) -> Values:
    """A run that the key's worker `w1` holds."""
    return {"state": "running", "worker_id": "w1", "worker_key": world.key.split("_")[1],
            "started_at": now(), "heartbeat_at": now()}  # fmt: skip


def _silent(world: World) -> Values:
    """A run whose worker is gone and that is out of time: work for the sweep."""
    return {**_holding(world), "heartbeat_at": now() - timedelta(hours=1)}


def _resolved(world: World) -> Values:
    return {"status": "resolved", "resolved_at": now(), "resolution_type": "manual",
            "disposition": "manual"}  # fmt: skip


def _overdue(world: World) -> Values:
    """An approval whose time is over: work for the sweep."""
    return {"run_id": None, "requested_at": now() - timedelta(hours=2),
            "expires_at": now() - timedelta(hours=1)}  # fmt: skip


def _decided(world: World) -> Values:
    return {"status": "approved", "resolved_at": now()}


def _to_be_reminded(world: World) -> Values:
    """An approval past half of its time: work for the reminders."""
    return {"run_id": None, "requested_at": now() - timedelta(hours=2),
            "expires_at": now() + timedelta(minutes=3)}  # fmt: skip


def _open_stop(world: World) -> Values:
    """An agent that has no run here is stopped, so that all the others go on."""
    nobody = {"scope": "agent", "agent_id": f"{world.mark} stopped", "tool_name": ""}
    return {**nobody, "lifted_by": "", "lift_reason": ""}


def _lifted_stop(world: World) -> Values:
    return {"scope": "tool", "agent_id": "", "lifted_at": now()}


def _reviewed(world: World) -> UUID:
    """The id of the entry that is in review; its review is made before it."""
    return uuid5(NAMESPACE_DNS, world.mark)


# What the rows of a table must hold beyond what is guessed: a function for each row to be made.
ROWS: dict[str, tuple[Guess, ...]] = {
    "awooop.webhooksubscription": (
        lambda world: {
            "kinds": ["incident.opened"],
            "url": f"https://{world.mark}.example/in",
            "secret": webhook_secrets.keep(webhook_secrets.new()),
            "old_secret": "",
        },
    )
    * 2,
    "awooop.webhookdelivery": (
        lambda world: {"attempts": [{"error": world.mark}], "next_attempt_at": now()},
    )
    * 2,
    "awooop.stop": (_lifted_stop, _open_stop),
    "awooop.note": (
        lambda world: {
            "subject_type": "incident",
            "subject_id": world.incident_id(0),
            "author": f"user:{world.people['operator'].pk}",
            "struck_by": "",
        },
    )
    * 2,
    "awooop.noteversion": (lambda world: {"version": 91}, lambda world: {"version": 92}),
    "runs.incident": (_nothing, _nothing, _resolved),
    "runs.run": (lambda world: {"state": "waiting_approval"}, _holding, _silent),
    "runs.approval": (
        lambda world: {"digest": "ab" * 32},
        _decided,
        _overdue,
        _to_be_reminded,
        _decided,
    ),
    "runs.outboundmessage": (
        lambda world: {"buttons": [{"action": "detail", "text": world.mark}]},
        *(lambda world: {"buttons": [], "send_status": "dead"},) * 2,
        *(lambda world: {"message_type": "callback_reply", "callback_action": "detail"},) * 2,
    ),
    "runs.remediationrecord": (
        lambda world: {"work_item_id": f"adr100:{world.mark}"},
        _nothing,
    ),
    "runs.evidence": (lambda world: {"verification_result": "failed"}, _nothing),
    "runs.approvaltoken": (
        lambda world: {
            "approval_id": world.one("runs.approval", 1).pk,
            "expires_at": now() + timedelta(minutes=15),
        },
    ),
    "runs.projectspend": (lambda world: {"slot": 16},),
    "governance.driftfingerprint": (
        lambda world: {"recent_sightings": [], "diff": {"spec": {"from": world.mark, "to": "x"}}},
    )
    * 2,
    "governance.selfcheckcycle": (
        lambda world: {"results": {"km_staleness": {"error": world.mark}}},
    )
    * 2,
    "knowledge.knowledgeentry": (
        _nothing,
        lambda world: {"status": "archived"},
        _nothing,
        lambda world: {
            "entry_type": "review_draft",
            "governance_event_id": world.one("governance.governanceevent").pk,
        },
        # stale, and in its owner's review
        lambda world: {
            "entry_id": _reviewed(world),
            "status": "approved",
            "updated_at": now() - timedelta(days=30),
        },
        lambda world: {
            "entry_type": "review_draft",
            "governance_event_id": world.one("governance.governanceevent").pk,
        },
    ),
    "governance.dispatch": (
        _nothing,
        lambda world: {"dispatch_status": "executing"},
        lambda world: {
            "executor_type": "km_stale_owner_review",
            "subject": str(_reviewed(world)),
        },
        lambda world: {
            "executor_type": "km_owner_review_completion",
            "dispatch_status": "succeeded",
            "completed_at": now(),
            "decision_context": {
                "entry_id": str(_reviewed(world)),
                "review_outcome": "archive",
            },
        },
    ),
    "governance.slosample": (lambda world: {"value": 1.0},) * 2,
}


def _in_order() -> list[type[models.Model]]:
    """Answer the models with a project, each after those that it refers to."""
    left = [model for model in apps.get_models() if has_project(model)]
    ordered: list[type[models.Model]] = []
    while left:
        ready = [model for model in left if not _refers_to(model) & set(left) - {model}]
        assert ready, f"these refer to each other: {left}"
        ordered += ready
        left = [model for model in left if model not in ready]
    return ordered


def _refers_to(model: type[models.Model]) -> set[type[models.Model]]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


def twin(value: Any) -> str:
    """Answer a value of the same shape that nobody knows: its letters moved on by one."""
    if isinstance(value, UUID):
        return str(UUID("0badc0de-0000-4000-8000-000000000000"))
    if isinstance(value, int):
        return "987654321"
    kept, rest = str(value)[:13], str(value)[13:]  # INC-20261101-
    if not kept.startswith("INC-"):
        kept, rest = "", str(value)
    return kept + "".join(chr(ord(c) + 1) if c.isalpha() and c not in "zZ" else c for c in rest)
