"""Every form with what people and attackers type: refused or done, never a 500."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.examples import EXAMPLES
from tests.walks import addresses, tables
from tests.walks.asking import by_login, undone

pytestmark = pytest.mark.django_db
FORMS = [
    name
    for name in tables.walked(tables.PAGES, addresses.pages())
    if tables.PAGES[name].act not in (None, tables.OPEN)
]
TYPED = (
    "reason",
    "note",
    "owner",
    "version",
    "project_id",
    "next",
    "digest",
    "fingerprint",
    "step",
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.uuids().map(str),
    st.sampled_from(
        ["", " ", "on", "approve", "reject", "\ud7ff", "\u202e", "🔥" * 300, "//evil.example",
         "javascript:alert(1)", "2026-11-01T00:00", "1e400", "-0", "{}", "[]", "null", "a" * 5_000]
    ),
)  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_form_never_breaks(mine, name):
    asker = by_login(mine.people["project_admin"])
    page = tables.PAGES[name]
    fields = sorted({*page.form_in(mine), *TYPED})
    url, query = tables.page_url(name, mine), page.query(mine)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        typed=st.dictionaries(st.sampled_from(fields), st.lists(VALUES, max_size=2)),
        keep=st.booleans(),
    )
    def each(typed: dict[str, list[str]], keep: bool) -> None:
        form = {**(page.form_in(mine) if keep else {}), **typed}
        with undone():
            answer = asker.submit(url, form, query)
        assert answer.status_code < 500, answer.text_read[:500]
        assert not answer.get("Location", "").startswith(("//", "javascript:", "http"))

    each()
