"""The page answers four questions in words, and says what to do where nothing happened yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from awooop import clock
from awooop.clock import now
from awooop.models import ApiKey, TaskHeartbeat
from runs import first_steps
from runs.models import Approval, Incident, Run
from runs.selectors import home_numbers
from runs.views.home_answers import comparison
from tests import factories
from tests.governance import samples
from tests.runs.home.test_governance_on_home import statuses


@pytest.fixture
def alive(project):
    """A cluster that does its work."""
    TaskHeartbeat.objects.create(kind="cluster.tick", last_success_at=now())


def answers(page) -> dict[str, object]:
    found = page.get("/").context["answers"]
    return {answer.question: answer for answer in found}


def incident(severity: str = "critical", **values) -> Incident:
    return Incident.objects.create(
        incident_id=f"INC-20261121-{Incident.objects.count():04d}",
        project_id="awoooi",
        title="Disk",
        severity=severity,
        **values,
    )


def test_it_says_how_many_decisions_wait(page, key):
    assert answers(page)["What needs me?"].value == "0 decisions"
    factories.waiting(key)
    answer = answers(page)["What needs me?"]
    assert (answer.value, answer.tone) == ("1 decision", "warn")


def test_nothing_broken_is_said(page, alive):
    answer = answers(page)["Is anything broken?"]
    assert (answer.value, answer.tone) == ("No", "ok")


def test_what_is_broken_is_named(page, alive):
    incident()
    incident("warning")
    answer = answers(page)["Is anything broken?"]
    assert (answer.value, answer.tone, answer.note) == ("Yes", "bad", "1 critical incident")


def test_a_quiet_cluster_is_broken(page):
    answer = answers(page)["Is anything broken?"]
    assert (answer.value, answer.tone) == ("Yes", "bad")
    assert answer.note == "the background cluster is quiet"


def test_a_silent_run_alone_is_a_warning(page, alive, key):
    with clock.set_to(now() - timedelta(minutes=20)):
        factories.running(key)
    answer = answers(page)["Is anything broken?"]
    assert (answer.tone, answer.note) == ("warn", "1 silent run")


def test_trust_without_any_number_is_no_data_and_no_comfort(page):
    answer = answers(page)["Can the agents be trusted?"]
    assert (answer.value, answer.tone) == ("", "")
    assert "no data" in page.get("/").content.decode()


@pytest.mark.parametrize(
    ("found", "value", "tone"),
    [
        ({"a": "ok", "b": "ok"}, "2 of 2 SLOs met", "ok"),
        ({"a": "ok", "b": "violated", "c": "skipped"}, "1 of 2 SLOs met", "bad"),
    ],
)
def test_trust_is_how_many_slos_are_met(page, found, value, tone):
    samples.cycle(results=statuses(**found))
    answer = answers(page)["Can the agents be trusted?"]
    assert (answer.value, answer.tone) == (value, tone)


def test_a_grave_finding_outweighs_slos_that_are_met(page):
    samples.cycle(results=statuses(a="ok"))
    samples.event(event_type="governance_self_failure", severity="critical")
    answer = answers(page)["Can the agents be trusted?"]
    assert (answer.tone, answer.note) == ("bad", "1 governance event is open")


def test_slos_are_held_against_those_of_a_week_ago(page):
    samples.cycle(results=statuses(a="ok", b="violated"))
    at = now() - timedelta(days=7, hours=1)
    samples.cycle(results=statuses(a="ok", b="ok"), started_at=at)
    rows = {row["label"]: row for row in page.get("/").context["comparison"]}
    row = rows["SLOs that are met"]
    assert (float(row["now"]), float(row["before"]), row["is"]) == (0.5, 1.0, "worse")


def test_a_check_of_another_day_is_not_last_weeks(page):
    samples.cycle(results=statuses(a="ok"))
    samples.cycle(results=statuses(a="ok"), started_at=now() - timedelta(days=9))
    rows = {row["label"]: row for row in page.get("/").context["comparison"]}
    assert (rows["SLOs that are met"]["before"], rows["SLOs that are met"]["is"]) == (
        None,
        "unknown",
    )


def test_without_a_week_before_nothing_is_better_or_worse(page, key):
    factories.waiting(key)
    answer = answers(page)["Better than last week?"]
    assert (answer.value, answer.note, answer.tone) == ("", "too few to compare", "")


def test_the_trend_names_what_is_worse(page):
    samples.cycle(results=statuses(a="violated"))
    at = now() - timedelta(days=7, hours=1)
    samples.cycle(results=statuses(a="ok"), started_at=at)
    answer = answers(page)["Better than last week?"]
    assert answer.note.startswith("worse: ")
    assert "SLOs that are met" in answer.note


NUMBERS = {
    "completed": 10, "failed": 10, "timed_out": 10, "incidents": 10, "auto_repaired": 10,
    "approved": 10, "rejected": 10, "expired": 10, "executions": 10, "succeeded": 10,
    "decision_seconds": 60.0,
}  # fmt: skip


def test_more_decisions_are_neither_better_nor_worse():
    rows = comparison({**NUMBERS, "approved": 30}, NUMBERS)
    (row,) = (row for row in rows if row["label"] == "Decisions")
    assert (row["now"], row["before"], row["is"]) == (40, 20, "more")


def test_a_count_is_not_held_against_a_day_on_which_nobody_was_there():
    nothing = dict.fromkeys(NUMBERS, 0) | {"decision_seconds": None}
    rows = comparison(NUMBERS, nothing)
    assert {row["is"] for row in rows} == {"unknown"}
    rows = comparison(NUMBERS, {**nothing, "runs": 3})
    (row,) = (row for row in rows if row["label"] == "Incidents opened")
    assert row["is"] == "worse"


def test_the_directions_are_words_and_shapes(page):
    from runs.templatetags.home import verdict

    for value, word in (
        ("better", "Better"),
        ("worse", "Worse"),
        ("same", "The same"),
        ("more", "Higher"),
        ("fewer", "Lower"),
        ("unknown", "Too few"),
    ):
        assert word in verdict(value)
        assert "<svg" in verdict(value)


def test_the_numbers_are_of_their_span(project, key):
    at = now()
    for days, state in ((0, "failed"), (7, "completed"), (3, "cancelled")):
        run = factories.run()
        moment = at - timedelta(days=days, minutes=1)
        Run.objects.filter(pk=run.pk).update(state=state, created_at=moment)
    approval = factories.waiting(key)
    Approval.objects.filter(pk=approval.pk).update(
        status="approved", requested_at=at - timedelta(minutes=5), resolved_at=at
    )
    found = home_numbers.numbers(["awoooi"])
    assert (found["day"]["failed"], found["day"]["completed"]) == (1, 0)
    assert (found["week_ago"]["completed"], found["week_ago"]["failed"]) == (1, 0)
    assert found["day"]["decision_seconds"] == pytest.approx(300)
    assert found["week_ago"]["decision_seconds"] is None


def test_the_readers_day_may_be_longer_than_twenty_four_hours(project):
    """Where a clock was put back an hour, midnight is more than 24 hours ago at the day's end."""
    import zoneinfo
    from datetime import UTC, datetime

    from django.utils import timezone

    end = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)  # 23:59 in Berlin, 25 hours into the day
    with timezone.override(zoneinfo.ZoneInfo("Europe/Berlin")), clock.set_to(end):
        run = factories.run()
        Run.objects.filter(pk=run.pk).update(created_at=end - timedelta(hours=24, minutes=30))
        found = home_numbers.numbers(["awoooi"])
    assert (found["today"]["runs"], found["day"]["runs"]) == (1, 0)


# first steps


def test_a_project_in_which_nothing_happened_says_what_to_do(page):
    found = page.get("/").content.decode()
    assert "First steps" in found
    assert "manage.py createapikey --project awoooi --name agent --scopes read,ingest" in found
    assert "/api/v1/webhooks/alertmanager" in found
    assert "manage.py import_runbooks --project awoooi FOLDER" in found


def test_what_is_done_is_ticked_and_its_command_gone(page, key):
    found = page.get("/").content.decode()
    assert "createapikey" not in found
    ApiKey.objects.all().delete()
    assert "createapikey" in page.get("/").content.decode()


def test_a_key_that_was_revoked_or_may_not_report_is_not_enough(project):
    factories.api_key(scopes=["read"])
    factories.api_key(scopes=["ingest"])
    ApiKey.objects.filter(scopes__contains=["ingest"]).update(revoked_at=now())
    steps = {step.title: step for step in first_steps.of(["awoooi"])}
    assert not steps["Make a key for your agents"].is_done


def test_the_first_run_ends_the_first_steps(page):
    factories.run()
    assert "First steps" not in page.get("/").content.decode()


def test_who_sees_no_project_is_told_so(project):
    nobody = Client()
    nobody.force_login(factories.user("new@example.org"))
    found = nobody.get("/").content.decode()
    assert "You see no project yet." in found


def test_steps_are_contributed_once(project):
    with pytest.raises(ValueError, match="contributed already"):
        first_steps.contribute("knowledge", lambda projects, named: [])
