"""The chain shows what was done to it, and the database refuses most of it."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from awooop import audit, callers, tenancy
from awooop.actions import audit as actions
from awooop.models import AuditHead, AuditRecord
from tests import factories

BY = callers.system("tests", ["awoooi"])


@pytest.fixture
def chain(project):
    """Five records: the project's making and four more."""
    entries = [actions.Entry("test.done", "thing", str(n), {"n": n}) for n in range(4)]
    actions.append_many(project_id="awoooi", by=BY, entries=entries)


def _as_owner(*statements: str) -> None:
    """What somebody with the owner's rights, but without the key, could do."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table awooop_auditrecord disable trigger audit_append_only")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("alter table awooop_auditrecord enable trigger audit_append_only")


def test_an_untouched_chain_is_whole(chain):
    assert audit.verify("awoooi") == audit.Verification("awoooi", 5)


@pytest.mark.parametrize(
    "change",
    [
        "action = 'else'",
        "resource_type = 'else'",
        "resource_id = 'else'",
        "actor = 'else'",
        "actor_kind = 'user'",
        "details = '{}'",
        "run_id = gen_random_uuid()",
        "request_id = 'else'",
        "created_at = created_at + interval '1 microsecond'",
        "hash = repeat('0', 64)",
    ],
)
def test_an_altered_record_is_found(chain, change):
    _as_owner(f"update awooop_auditrecord set {change} where seq = 3")
    found = audit.verify("awoooi")
    assert (found.broken_at, found.reason) == (3, "its content does not match its hash")


def test_a_removed_record_is_found(chain):
    _as_owner("delete from awooop_auditrecord where seq = 3")
    assert audit.verify("awoooi").broken_at == 3


def test_a_removed_record_whose_gap_was_closed_is_found(chain):
    _as_owner(
        "delete from awooop_auditrecord where seq = 3",
        "update awooop_auditrecord set seq = 3 where seq = 4",
        "update awooop_auditrecord set seq = 4 where seq = 5",
        "update awooop_audithead set seq = 4",
    )
    found = audit.verify("awoooi")
    assert (found.broken_at, found.reason) == (3, "it does not follow its predecessor")


def test_reordered_records_are_found(chain):
    _as_owner(
        "update awooop_auditrecord set seq = -seq where seq in (3, 4)",
        "update awooop_auditrecord set seq = 7 + seq where seq in (-3, -4)",
    )
    assert audit.verify("awoooi").broken_at == 3


def test_an_end_that_was_cut_off_is_found(chain):
    _as_owner("delete from awooop_auditrecord where seq > 3")
    found = audit.verify("awoooi")
    assert (found.broken_at, "cut" in found.reason) == (4, True)


def test_a_beginning_that_was_cut_off_is_found(chain):
    _as_owner("delete from awooop_auditrecord where seq < 3")
    assert audit.verify("awoooi").broken_at == 1


def test_a_missing_head_is_found(chain):
    AuditHead.objects.all().delete()
    assert audit.verify("awoooi").reason == "the head is missing"


def test_an_emptied_chain_is_found(chain):
    _as_owner("delete from awooop_auditrecord", "delete from awooop_audithead")
    assert audit.verify("awoooi").reason == "the chain is empty"


def test_a_record_made_with_another_key_is_found(chain, settings):
    settings.AUDIT_SECRET = "another secret, of more than 32 characters"
    actions.append(project_id="awoooi", by=BY, entry=actions.Entry("test.forged", "thing", "9"))
    settings.AUDIT_SECRET = settings.SECRET_KEY
    found = audit.verify("awoooi")
    assert found.broken_at == 6
    assert "another key" in found.reason


def test_a_forged_record_that_names_our_key_is_found(chain, settings):
    ours = audit.key_id()
    settings.AUDIT_SECRET = "another secret, of more than 32 characters"
    actions.append(project_id="awoooi", by=BY, entry=actions.Entry("test.forged", "thing", "9"))
    settings.AUDIT_SECRET = settings.SECRET_KEY
    _as_owner(f"update awooop_auditrecord set key_id = '{ours}' where seq = 6")
    assert audit.verify("awoooi").broken_at == 6


def test_long_walks_tell_how_far_they_are(chain, monkeypatch):
    told = []
    entries = [actions.Entry("test.done", "thing", str(n)) for n in range(10_000)]
    actions.append_many(project_id="awoooi", by=BY, entries=entries)
    assert audit.verify("awoooi", tell=told.append).records == 10_005
    assert told == [10_000]


@pytest.mark.parametrize(
    "statement",
    [
        "update awooop_auditrecord set actor = 'else'",
        "delete from awooop_auditrecord",
        "truncate awooop_auditrecord",
    ],
)
def test_the_database_refuses_to_change_it_even_to_the_owner(chain, statement):
    with connection.cursor() as cursor:
        cursor.execute(
            "select tableowner = current_user from pg_tables where tablename = %s",
            ["awooop_auditrecord"],
        )
        assert cursor.fetchone() == (True,)
        cursor.execute("set constraints all immediate")
        # The suite switches this one off, so that it can empty the tables between tests.
        cursor.execute("alter table awooop_auditrecord enable trigger audit_no_truncate")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert audit.verify("awoooi").records == 5


def test_a_record_and_its_cause_stand_or_fall_together(chain):
    with transaction.atomic():
        actions.append(project_id="awoooi", by=BY, entry=actions.Entry("test.x", "thing", "1"))
        transaction.set_rollback(True)
    assert audit.verify("awoooi").records == 5


def test_secrets_are_not_kept(chain):
    details = {"header": "Authorization: Bearer awp_abcdefgh_0123456789012345678901234567890"}
    record = actions.append(
        project_id="awoooi", by=BY, entry=actions.Entry("test.x", "thing", "1", details)
    )
    assert "0123456789012345678901234567890" not in str(record.details)


def test_writers_at_the_same_time_keep_the_chain_whole(truncatable):
    factories.project("awoooi")
    start = threading.Barrier(8)
    failures = []

    def write(worker: int) -> None:
        try:
            start.wait(60)
            for n in range(10):
                with tenancy.scope(["awoooi"]):
                    entry = actions.Entry("test.done", "thing", f"{worker}-{n}")
                    actions.append(project_id="awoooi", by=BY, entry=entry)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with tenancy.scope(["awoooi"]):
        assert audit.verify("awoooi") == audit.Verification("awoooi", 81)
        assert AuditRecord.objects.values("resource_id").distinct().count() == 81
