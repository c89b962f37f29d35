"""What the platform itself leaves behind goes; what can still be used stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import checks
from django.db import connection
from django_q.models import OrmQ, Task

from awooop import callers
from awooop.clock import now
from awooop.models import Lease, Session, TelegramLinkCode
from awooop.retention import Rule, ages, pruning, registered_for_test, rules
from tests import factories

DAY = timedelta(days=1)
MOMENT = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def prune(**values):
    return pruning.prune(by=callers.system("tests"), **values).deleted


def lease(key: str, expires_at) -> None:
    Lease.objects.create(key=key, holder="x", acquired_at=now() - 9 * DAY, expires_at=expires_at)


def test_leases_that_ran_out_a_day_ago_go():
    lease("gone", now() - DAY - MOMENT)
    lease("young", now() - DAY + MOMENT)
    lease("held", now() + DAY)
    assert prune()["awooop.Lease"] == 1
    assert set(Lease.objects.values_list("key", flat=True)) == {"young", "held"}


def test_sessions_that_ran_out_go():
    for key, expires in (("gone", now() - DAY - MOMENT), ("here", now() + MOMENT)):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    assert prune()["awooop.Session"] == 1
    assert Session.objects.get().session_key == "here"


def test_link_codes_that_ran_out_go():
    for name, expires in (("a", now() - DAY - MOMENT), ("b", now())):
        account = factories.user(f"{name}@example.org")
        TelegramLinkCode.objects.create(user=account, hash=name, expires_at=expires)
    assert prune()["awooop.TelegramLinkCode"] == 1
    assert TelegramLinkCode.objects.get().hash == "b"


def test_the_clusters_old_records_go_and_what_waits_stays():
    for name, age in (("gone", 14 * DAY + MOMENT), ("here", 14 * DAY - MOMENT)):
        at = now() - age
        Task.objects.create(id=name, name=name, func="f", started=at, stopped=at, success=False)
    OrmQ.objects.create(key="awooop", payload="x", lock=now() - 90 * DAY)
    assert prune()["django_q.Task"] == 1
    assert Task.objects.get().id == "here"
    assert OrmQ.objects.count() == 1


def test_one_project_alone_leaves_the_platforms_own(project):
    lease("gone", now() - 9 * DAY)
    assert prune(project_id="awoooi") == {}
    assert Lease.objects.count() == 1


def test_an_age_may_be_set_for_the_installation(settings):
    lease("gone", now() - 3 * DAY)
    settings.RETENTION_OVERRIDES = {"expired_leases": 4}
    assert prune() == {}
    settings.RETENTION_OVERRIDES = {"expired_leases": None}
    assert prune() == {}
    settings.RETENTION_OVERRIDES = {"expired_leases": 2}
    assert prune() == {"awooop.Lease": 1}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"runes": 40}, "there is no rule 'runes'"),
        ({"runs": 30}, "'runs' must be at least 31 days"),
        ({"runs": 31, "incidents": None}, None),
    ],
)
def test_a_wrong_override_stops_the_start(settings, given, problem):
    settings.RETENTION_OVERRIDES = given
    found = [one.msg for one in checks.run_checks() if one.id == "awooop.E003"]
    assert len(found) == (problem is not None)
    assert not problem or problem in found[0]


def test_a_second_rule_of_a_name_is_refused():
    rule = Rule("x", Lease, "expires_at", lambda cutoff: Lease.objects.all(), "w", "k", days=1)
    with (
        pytest.raises(ValueError, match="x is registered already"),
        registered_for_test(rule, rule),
    ):
        pass
    assert rule not in rules()


def test_no_rule_is_about_what_is_never_pruned():
    tables = {rule.model._meta.label for rule in rules()}
    never = {"awooop.AuditRecord", "awooop.ContractRevision", "awooop.Project", "awooop.ApiKey"}
    assert not tables & never
    assert not [table for table in tables if table.startswith("knowledge.")]


def test_an_age_is_that_of_the_rule_or_of_the_installation(settings):
    settings.RETENTION_DAYS = 77
    days = {rule.name: ages.days_of(rule) for rule in rules()}
    assert days["runs"] == days["incidents"] == 77
    assert days["expired_leases"] == 1


_UNINDEXED = """
select conrelid::regclass::text || '.' || attname
  from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
 where contype = 'f' and confrelid::regclass::text = any(%s)
   and not exists (select from pg_index where indrelid = conrelid and indkey[0] = conkey[1])
"""


def test_what_refers_to_a_pruned_row_is_found_by_an_index():
    tables = {rule.model._meta.db_table for rule in rules()}
    with connection.cursor() as cursor:
        cursor.execute(_UNINDEXED, [sorted(tables)])
        assert cursor.fetchall() == []
