"""Timelines, chains and facts are drawn in Python: whatever was reported stays text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from awooop import story

EVIL = '<b a="x">&\'{0}%(y)s</b>'
AT = datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)  # one second before midnight in Taipei


@pytest.fixture(autouse=True)
def _in_taipei():
    with timezone.override("Asia/Taipei"), translation.override("en"):
        yield


def item(**values) -> dict:
    told = {"ts": AT, "kind": "step", "title": "Asked", "status": "success", "summary": "Said"}
    return {**told, "metadata": None, **values}


def test_a_line_stands_before_each_day_of_the_reader():
    drawn = story.timeline(
        [item(), item(ts=AT + timedelta(seconds=1)), item(ts=AT.replace(day=23))]
    )
    assert drawn.count("timeline-day") == 3
    assert drawn.index("Saturday, 21 November 2026") < drawn.index("Sunday, 22 November 2026")
    assert drawn.count('class="timeline-item') == 3


def test_no_value_of_a_story_becomes_markup():
    texts = dict.fromkeys(("kind", "title", "status", "summary"), EVIL)
    stage = dict.fromkeys(("label", "status", "status_label", "why", "next_step"), EVIL)
    proof = {"id": EVIL, "href": EVIL, "label": EVIL}
    drawn = (
        story.timeline([item(**texts, metadata={EVIL: EVIL, "rows": [EVIL]}), item(**texts)])
        + story.chain([{**stage, "at": AT, "evidence": [proof]}])
        + story.metadata({EVIL: {EVIL: EVIL}})
    )
    assert "<b" not in drawn
    assert drawn.count("&lt;b a=") > 15


def test_facts_are_told_as_a_page_tells_them():
    drawn = story.metadata(
        {"none": None, "empty": "", "zero": 0, "no": False, "at": AT, "share": 0.5}
    )
    assert "none" not in drawn
    assert "empty" not in drawn
    for said in (">0<", ">False<", ">2026-11-21 23:59:59<", ">0.5<"):
        assert said in drawn
    assert story.metadata(["no", "names"]) == story.metadata(None) == '<dl class="dl"></dl>'


def test_a_chain_says_more_than_three_proofs_elsewhere():
    proofs = [{"id": n, "href": f"/{n}", "label": ""} for n in range(5)]
    drawn = story.chain([{"stage": "run", "status": "done", "next_step": "?", "evidence": proofs}])
    assert drawn.count("<a ") == 3
    assert "chain-next" not in drawn  # what is done has no next step
    assert "Done" in drawn
