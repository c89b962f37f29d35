"""Review drafts: duplicates are previewed, then archived by the owner's approval."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import GovernanceEvent
from knowledge.models import KnowledgeEntry
from tests.knowledge.review_pages.steps import DRAFTS, hidden, text
from tests.knowledge.reviews.rows import entry
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db
MARK = "<h2>Confirm</h2>"


def event(project: str = "awoooi", **values) -> GovernanceEvent:
    given = {"event_type": "knowledge_degradation", "severity": "warning", **values}
    return GovernanceEvent.objects.create(project_id=project, **given)


def draft(of: GovernanceEvent, days: float, content: str = "Same.") -> KnowledgeEntry:
    return entry(
        days,
        project=of.project_id,
        title=f"Draft of day {days}",
        content=content,
        entry_type="review_draft",
        status="review",
        governance_event_id=of.pk,
    )


@pytest.fixture
def group(project):
    """An event with three drafts, the newest first."""
    found = event()
    return found, [draft(found, 1, "New.\nSame."), draft(found, 2), draft(found, 3)]


def ask(client, group, **more):
    found, (first, *rest) = group
    ids = [str(each.pk) for each in rest]
    form = {"canonical_entry_id": str(first.pk), "duplicate_entry_ids": ids, "owner": "kim"}
    return client.post(f"{DRAFTS}/{found.pk}", {**form, **more})


def confirm(client, group, preview, **more):
    form = hidden(preview, after=MARK)
    return client.post(f"{DRAFTS}/{group[0].pk}", {**form, "owner_approved": "on", **more})


def statuses(group) -> list[str]:
    rows = {row.pk: row.status for row in KnowledgeEntry.objects.all()}
    return [rows[each.pk] for each in group[1]]


def test_without_drafts_it_says_who_writes_them(page):
    assert "Hermes writes one" in text(page.get(DRAFTS))


def test_the_latest_stays_and_the_others_are_ticked(page, group):
    shown = text(page.get(DRAFTS))
    assert "3 drafts of 1 events, 2 of them duplicates" in shown
    assert shown.index("Draft of day 1") < shown.index("Draft of day 2")
    assert shown.count(" checked aria-label") == 2


def test_a_lone_draft_has_nothing_to_archive(page, project):
    draft(event(), 1)
    shown = text(page.get(DRAFTS))
    assert "One draft" in shown
    assert "Preview" not in shown


def test_the_preview_shows_how_they_differ_and_writes_nothing(page, group):
    answer = ask(page, group)
    shown = text(answer)
    assert "2 drafts would be archived" in shown
    assert "- New." in shown.replace("<span>", "")
    assert statuses(group) == ["review"] * 3


def test_confirming_archives_them_and_measures_again(page, group):
    answer = confirm(page, group, ask(page, group))
    shown = text(page.get(answer["Location"]))
    assert "2 drafts are archived. The stale ratio is now 0.0 %." in shown
    assert statuses(group) == ["review", "archived", "archived"]
    assert "Archived before" in shown


def test_without_approval_nothing_is_archived(page, group):
    answer = confirm(page, group, ask(page, group), owner_approved="")
    assert answer.status_code == 409
    assert "approval is missing" in text(answer)
    assert statuses(group) == ["review"] * 3


def test_a_plan_that_changed_is_shown_again(page, group):
    preview = ask(page, group)
    KnowledgeEntry.objects.filter(pk=group[1][1].pk).update(version=9)
    answer = confirm(page, group, preview)
    assert answer.status_code == 409
    assert "The plan has changed" in text(answer)
    confirm(page, group, answer)
    assert statuses(group) == ["review", "archived", "archived"]


def test_confirming_twice_archives_once(page, group):
    preview = ask(page, group)
    confirm(page, group, preview)
    again = confirm(page, group, preview)
    assert "They are archived already" in text(page.get(again["Location"]))


@pytest.mark.parametrize("wrong", [{"owner": ""}, {"duplicate_entry_ids": []}])
def test_what_is_missing_is_told_at_its_group(page, group, wrong):
    answer = ask(page, group, **wrong)
    assert answer.status_code == 422
    assert "field-error" in text(answer)


def test_a_draft_of_another_event_is_no_duplicate(page, group):
    other = draft(event(subject="other"), 4)
    answer = ask(page, group, duplicate_entry_ids=[str(other.pk)])
    assert answer.status_code == 422
    assert "is no review draft of this event" in text(answer)


def test_a_viewer_sees_no_buttons_and_may_not(viewer, group):
    assert "Preview" not in text(viewer.get(DRAFTS))
    assert ask(viewer, group).status_code == 403


def test_another_projects_drafts_are_unknown(page, other_project):
    from awooop import tenancy

    with tenancy.scope(["other"]):
        theirs = event("other")
    drafts = [draft(theirs, 1), draft(theirs, 2)]
    assert "Draft of day" not in text(page.get(DRAFTS))
    assert ask(page, (theirs, drafts)).status_code == 404


def test_reading_its_address_leads_to_the_list(page, group):
    assert page.get(f"{DRAFTS}/{group[0].pk}")["Location"].startswith(DRAFTS)


def test_twice_as_many_cost_no_more_statements(page, project):
    counts = []
    for number in range(2):
        for each in range(2):
            found = event(subject=f"{number}{each}")
            draft(found, 1), draft(found, 2)
        with CaptureQueriesContext(connection) as queries:
            page.get(DRAFTS)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_reading_works_in_a_read_only_transaction(page, group):
    with read_only():
        assert page.get(DRAFTS).status_code == 200
