"""A stop against what is asked for at the same moment: after its commit nothing is admitted."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.db import connections

from awooop import stops, tenancy
from awooop.actions import stops as actions
from awooop.canonical import fingerprint
from awooop.clock import now
from awooop.models import Stop
from runs.actions import approvals, gateway, runs, tokens
from runs.models import McpCall
from tests import factories
from tests.awooop.stops.support import audited, place
from tests.runs.gateway.support import ARGUMENTS, PERSON, READ, WRITE, desk
from tests.runs.together import together


def _desk():
    factories.project("awoooi")
    key = factories.api_key("awoooi")
    with tenancy.scope(["awoooi"]):
        here = desk(key)
    return here, factories.caller_of_key(key)


def _place() -> Stop:
    with tenancy.scope(["awoooi"]):
        return place()


class Held:
    """A transaction of another connection that does something, and stays open until it is let go.

    `went_on` tells that its block is through; `done` that it has committed.
    """

    def __init__(self, work) -> None:
        self.work, self.result = work, None
        self.went_on, self.release = Event(), Event()
        self.thread = Thread(target=self._run)

    def __enter__(self) -> Held:
        self.thread.start()
        assert self.went_on.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()

    def let_go(self) -> None:
        self.release.set()
        self.thread.join(60)

    def _run(self) -> None:
        try:
            with tenancy.scope(["awoooi"]):
                self.result = self.work()
                self.went_on.set()
                self.release.wait(60)
        finally:
            connections.close_all()


def _read(here, by):
    asked = gateway.Asked(here.run.run_id, "sre-agent", READ, "read")
    return lambda: gateway.authorize(by=by, asked=asked).result_status


def _write(here, by):
    with tenancy.scope(["awoooi"]):
        text = here.approved()
    asked = gateway.Asked(
        here.run.run_id, "sre-agent", WRITE, "write", fingerprint(ARGUMENTS), approval_token=text
    )
    return lambda: gateway.authorize(by=by, asked=asked).result_status


def _redeem(here, by):
    with tenancy.scope(["awoooi"]):
        text = here.approved()
    return lambda: tokens.redeem(by=by, token=text, tool_name=WRITE).redeemed_at and "allowed"


def _claim(here, by):
    with tenancy.scope(["awoooi"]):
        factories.run()
    given = {"project_id": "awoooi", "agent_id": "sre-agent", "worker_id": "w2"}
    return lambda: runs.claim(by=by, **given) and "allowed"


def _approve(here, by):
    with tenancy.scope(["awoooi"]):
        asked = approvals.request(
            by=by, run_id=here.run.run_id, tool_name=WRITE, suggested_action="Restart it",
            risk_level="medium", arguments=ARGUMENTS,
        )  # fmt: skip
    return lambda: (
        approvals.decide(by=PERSON, approval_id=asked.pk, decision="approve") and ("allowed")
    )


GATES = {"read": _read, "write": _write, "redeem": _redeem, "claim": _claim, "approve": _approve}
gates = pytest.mark.parametrize("gate", GATES.values(), ids=GATES)


@gates
def test_a_stop_waits_for_what_was_asked_before_it(truncatable, gate):
    here, by = _desk()
    ask = gate(here, by)
    with Held(ask) as asked:
        stopping = Thread(target=lambda: (_place(), connections.close_all()))
        stopping.start()
        stopping.join(0.3)
        assert stopping.is_alive()  # nothing is stopped yet: the call before it is not settled
        asked.let_go()
        stopping.join(30)
    assert asked.result == "allowed"
    with tenancy.scope(["awoooi"]):
        assert Stop.objects.count() == 1


@gates
def test_what_is_asked_during_a_stop_waits_and_is_refused(truncatable, gate):
    here, by = _desk()
    ask = gate(here, by)
    said: list[str] = []

    def later() -> None:
        try:
            with tenancy.scope(["awoooi"]):
                said.append(ask())
        except (stops.Stopped, tokens.TokenRefused) as refused:
            said.append(refused.code)
        finally:
            connections.close_all()

    with Held(lambda: place()) as stopping:
        asking = Thread(target=later)
        asking.start()
        asking.join(0.3)
        assert said == []  # it does not answer before it is known whether it is stopped
        stopping.let_go()
        asking.join(30)
    assert said[0] in ("blocked", "stopped")


def test_of_many_calls_and_a_stop_none_is_admitted_after_it(truncatable):
    here, by = _desk()
    ask = _read(here, by)

    def asking() -> list[tuple]:
        found = []
        for _ in range(12):
            with tenancy.scope(["awoooi"]):
                status = ask()
            found.append((now(), status))  # after its commit
        return found

    def stopping() -> list[tuple]:
        _place()
        return [(now(), "stopped")]

    *asked, [(stopped_at, _)] = together([asking] * 5 + [stopping])
    with tenancy.scope(["awoooi"]):
        stop = Stop.objects.get()
        late = McpCall.objects.filter(created_at__gt=stopped_at, result_status="allowed")
        assert not late.exists()
        assert stop.stopped_at <= stopped_at
    for calls in asked:
        statuses = [status for _at, status in calls]
        assert statuses == sorted(statuses)  # allowed …, then blocked …: never open again


def test_the_same_target_by_eight_people_is_stopped_once(truncatable):
    _desk()

    def stop() -> str:
        try:
            _place()
        except Exception as refused:
            return getattr(refused, "code", type(refused).__name__)
        return "placed"

    assert sorted(together([stop] * 8)) == ["already_stopped"] * 7 + ["placed"]


def test_a_stop_does_not_wait_for_ever_for_a_call_that_hangs(truncatable, monkeypatch):
    monkeypatch.setattr(actions, "WAIT_MS", 50)
    here, by = _desk()
    with Held(_read(here, by)):
        _place()
        with tenancy.scope(["awoooi"]):
            assert stops.holding("awoooi") is not None
    (record,) = audited("stop.place")
    assert record.details["calls_settled"] is False
