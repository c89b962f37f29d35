"""Whatever somebody without the key does to the tables by raw SQL, it is found."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from awooop import audit
from awooop.audit_proof import documents
from awooop.models import AuditAnchor

pytestmark = pytest.mark.django_db
COUNT = 12
SEQ = st.integers(1, COUNT)
COLUMNS = ("action", "resource_type", "resource_id", "actor", "request_id", "prev_hash", "hash")
TEXT = st.text("abc0'", min_size=1, max_size=16)
_HEAD = (
    "update awooop_audithead set seq = (select max(seq) from awooop_auditrecord),"
    " hash = (select hash from awooop_auditrecord order by seq desc limit 1)"
)

alter = st.tuples(st.just("alter"), SEQ, st.sampled_from(COLUMNS), TEXT)
details = st.tuples(st.just("details"), SEQ, st.dictionaries(TEXT, st.integers(0, 9), max_size=2))
remove = st.tuples(st.just("remove"), SEQ, SEQ, st.booleans())
insert = st.tuples(st.just("insert"), SEQ, st.integers(1, COUNT + 1))
swap = st.tuples(st.just("swap"), SEQ, SEQ)
rekey = st.tuples(st.just("rekey"), SEQ, st.sampled_from(["0" * 16, "f" * 16]))
truncate = st.tuples(st.just("truncate"), SEQ)
tampering = st.lists(
    st.one_of(alter, details, remove, insert, swap, rekey, truncate), min_size=1, max_size=3
)


def _do(cursor, what, *given) -> None:
    _DO[what](cursor, *given)


def _alter(cursor, seq, column, text):
    cursor.execute(f"update awooop_auditrecord set {column} = %s where seq = %s", [text, seq])


def _details(cursor, seq, values):
    import json

    cursor.execute(
        "update awooop_auditrecord set details = %s where seq = %s", [json.dumps(values), seq]
    )


def _remove(cursor, first, last, close_the_gap):
    low, high = sorted((first, last))
    cursor.execute("delete from awooop_auditrecord where seq between %s and %s", [low, high])
    if close_the_gap:
        for seq in range(high + 1, COUNT + 5):
            cursor.execute(
                "update awooop_auditrecord set seq = seq - %s where seq = %s", [high - low + 1, seq]
            )


def _insert(cursor, of, at):
    cursor.execute("update awooop_auditrecord set seq = -seq where seq >= %s", [at])
    cursor.execute("update awooop_auditrecord set seq = 1 - seq where seq < 0")
    cursor.execute(
        "insert into awooop_auditrecord (project_id, seq, action, resource_type, resource_id,"
        " actor, actor_kind, details, run_id, request_id, created_at, key_id, prev_hash, hash)"
        " select project_id, %s, action, resource_type, resource_id, actor, actor_kind, details,"
        " run_id, request_id, created_at, key_id, prev_hash, hash"
        " from awooop_auditrecord where seq = %s",
        [at, of if of < at else of + 1],
    )


def _swap(cursor, one, other):
    cursor.execute("update awooop_auditrecord set seq = -%s where seq = %s", [other, one])
    cursor.execute("update awooop_auditrecord set seq = %s where seq = %s", [one, other])
    cursor.execute("update awooop_auditrecord set seq = -seq where seq < 0")


def _rekey(cursor, seq, key_id):
    cursor.execute("update awooop_auditrecord set key_id = %s where seq >= %s", [key_id, seq])


def _truncate(cursor, seq):
    cursor.execute("delete from awooop_auditrecord where seq >= %s", [seq])


_DO = {
    "alter": _alter, "details": _details, "remove": _remove, "insert": _insert, "swap": _swap,
    "rekey": _rekey, "truncate": _truncate,
}  # fmt: skip


def _content(cursor) -> list:
    cursor.execute(
        "select seq, action, resource_type, resource_id, actor, actor_kind, details::text, run_id,"
        " request_id, created_at, key_id, prev_hash, hash from awooop_auditrecord order by seq"
    )
    return cursor.fetchall()


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(done=tampering, mends_the_head=st.booleans())
def test_random_tampering_is_found(anchored, done, mends_the_head):
    kept = documents.marks(documents.document(row) for row in AuditAnchor.objects.all())
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table awooop_auditrecord disable trigger user")
        before = _content(cursor)
        for what in done:
            _do(cursor, *what)
        if mends_the_head:
            cursor.execute("select count(*) from awooop_auditrecord")
            if cursor.fetchone()[0]:
                cursor.execute(_HEAD)
        after = _content(cursor)
        assume(after != before)
        found = audit.verify("awoooi", marks=kept)
        changed = [row for row, was in zip(after, before, strict=False) if row != was]
        first = changed[0][0] if changed else min(len(after), len(before)) + 1
        transaction.set_rollback(True)
    assert found.broken_at is not None
    # It is never named later than the anchor that covers the first change.
    assert found.broken_at <= max(first, 4 * -(-first // 4))
