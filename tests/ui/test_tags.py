"""The tags of the design language say what they mean, in words, shapes and escaped text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from awooop import clock, paging
from awooop.templatetags import ui

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_three():
    with clock.set_to(NOW):
        yield


def render(source: str, path: str = "/awooop/runs", **context) -> str:
    request = RequestFactory().get(path)
    return Template("{% load ui charts %}" + source).render(
        Context({"request": request, **context})
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2, "just now"), (59, "59 s ago"), (180, "3 min ago"), (7200, "2 h ago"), (-600, "in 10 min")],
)
def test_ago_says_the_largest_unit(seconds, words):
    assert f">{words}</time>" in ui.ago(NOW - timedelta(seconds=seconds))


def test_one_day_is_singular():
    assert "2 days ago" in ui.ago(NOW - timedelta(days=2))


def test_ago_has_the_exact_moment_of_the_readers_zone_on_hover():
    with timezone.override(ZoneInfo("Asia/Taipei")):
        assert 'title="2026-11-21 11:00:00 CST"' in ui.ago(NOW)


def test_an_unknown_moment_is_a_dash():
    assert ui.ago(None) == ui.moment(None) == "–"


@pytest.mark.parametrize(
    ("left", "words", "css"),
    [
        (timedelta(minutes=48), "48:00 left", "time-left"),
        (timedelta(minutes=12), "12:00 left", "time-left time-left-soon"),
        (timedelta(seconds=61), "1:01 left", "time-left time-left-last"),
        (timedelta(seconds=-1), "expired", "time-left time-left-over"),
        (timedelta(hours=3), "3 h left", "time-left"),
    ],
)
def test_time_left_grows_pressing(left, words, css):
    html = ui.time_left(NOW + left)
    assert f'class="{css}"' in html
    assert f">{words}</time>" in html


def test_what_never_expires_says_so():
    assert "no expiry" in ui.time_left(None)


def test_countdown_is_a_bar_from_request_to_expiry():
    html = render(
        "{% countdown a b %}", a=NOW - timedelta(minutes=10), b=NOW + timedelta(minutes=10)
    )
    assert 'max="1200" value="600"' in html
    assert "meter-warn" in html


def test_status_has_shape_word_and_tone():
    html = ui.status("waiting_approval")
    assert "badge-warn" in html
    assert "<svg" in html
    assert "Waiting for approval" in html


def test_unknown_is_not_no():
    assert "Unknown" in ui.tri(None)
    assert "No" in ui.tri(False)
    assert "badge-unknown" not in ui.tri(False)


def test_a_status_that_nobody_listed_is_shown_in_words():
    assert "A new word" in ui.status("a_new_word")


def test_text_from_outside_is_escaped():
    hostile = '"><script>alert(1)</script>'
    for html in (
        ui.status(hostile),
        ui.copyable(hostile),
        ui.code(hostile),
        ui.diff(hostile),
        ui.badge(hostile),
        ui.icon("run", label=hostile),
    ):
        assert "<script" not in html
        assert '""' not in html


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("1234.5"), "$1,234.50"),
        (Decimal("0.0132"), "$0.0132"),
        (0, "$0.00"),
        (None, "–"),
        ("nonsense", "–"),
    ],
)
def test_money(value, words):
    assert ui.money(value) == words


def test_percent_of_unknown_is_a_dash_and_never_zero():
    assert ui.percent(None) == "–"
    assert ui.percent(0.8471) == "84.7 %"
    assert ui.percent(float("nan")) == "–"


@pytest.mark.parametrize(("value", "words"), [(340, "340 ms"), (2400, "2.4 s"), (None, "–")])
def test_ms(value, words):
    assert ui.ms(value) == words


def test_total_says_where_counting_stopped():
    assert ui.total(10_000, is_exact=False) == "10,000+"
    assert ui.total(7) == "7"


def test_copyable_shortens_what_is_shown_and_copies_the_whole():
    html = ui.copyable("0123456789abcdef", chars=8)
    assert ">0123456…<" in html
    assert 'data-copy="0123456789abcdef"' in html


def test_url_with_changes_keys_and_drops_paging():
    html = render(
        "{% url_with state='failed' q=None %}", "/awooop/runs?q=x&cursor=abc&agent_id=a%26b"
    )
    assert html == "?agent_id=a%26b&amp;state=failed"


def test_filter_chip_shows_only_what_is_in_the_address():
    page = "{% filter_chip 'state' 'State' %}{% filter_chip 'q' 'Words' %}"
    html = render(page, "/awooop/runs?state=failed&cursor=abc")
    assert html.count("<li>") == 1
    assert 'href="?"' in html
    assert "<b>failed</b>" in html


def _page(**changes) -> paging.Page:
    values = {"items": [1, 2], "total": 10_000, "total_is_exact": False, "page": 1, "per_page": 2}
    return paging.Page(**{**values, "next_cursor": "n:x", "prev_cursor": None, **changes})


def test_pager_keeps_the_filters():
    html = render("{% pager page %}", "/awooop/runs?state=failed", page=_page())
    assert 'href="?state=failed&amp;cursor=n%3Ax"' in html
    assert "10,000+ entries" in html
    assert "Newest" not in html


def test_pager_leads_back_to_the_newest():
    html = render("{% pager page %}", "/awooop/runs?state=failed&cursor=x", page=_page())
    assert 'href="?state=failed"' in html


def test_diff_keeps_its_signs():
    html = ui.diff("@@ -1 +1 @@\n-old\n+new\n same")
    assert '<span class="del">-old</span>' in html
    assert '<span class="add">+new</span>' in html


def test_bar_chart_shows_its_numbers_as_a_table_and_unknown_as_no_data():
    rows = [{"label": "11-20", "value": 3}, {"label": "11-21", "value": None}]
    html = render("{% bar_chart rows 'Events' limit=2 %}", rows=rows)
    assert html.count("<rect") == 2  # one bar, one in the legend
    assert "no data" in html
    assert '<td class="num">3</td>' in html


def test_charts_without_values_say_so():
    assert "no data" in render("{% line_chart rows 'Ratio' %}", rows=[])
    assert "<svg" in render("{% sparkline values 'Ratio' %}", values=[None])


def test_a_chart_writes_numbers_for_svg_in_any_language():
    from django.utils import translation

    with translation.override("de"):
        html = render("{% sparkline values 'x' target=0.5 %}", values=[0.1, 0.25, 0.9])
    assert "M0 " in html
    assert "," not in html.split('aria-label="x"')[1]


def test_a_gap_in_a_line_is_not_drawn_over():
    values = [1, 2, None, 3, None, 4, 5]
    html = render("{% sparkline values 'x' %}", values=values)
    assert html.count("M") == 2 * 2 + 1  # two lines with the areas below them, and a lone point
    assert "lone" in html


def test_lines_are_told_apart_by_their_dashes_and_stand_as_a_table():
    series = [{"label": "p50", "values": [60, None]}, {"label": "p90", "values": [120, 3600]}]
    html = render(
        "{% lines_chart labels series 'Time' 'seconds' %}", labels=["a", "b"], series=series
    )
    assert "line-0" in html
    assert "line-1" in html
    assert '<th scope="row">a</th><td class="num">1 min</td><td class="num">2 min</td>' in html
    assert '<span class="no-data">no data</span>' in html


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "usd", "–"),
        (1234.5, "usd", "$1,234.50"),
        (90, "seconds", "1 min"),
        (12.34, "percent", "12.3 %"),
        (3.0, "", "3"),
        (0.6666, "", "0.667"),
        (12000, "", "12,000"),
        (4, " x", "4 x"),
    ],
)
def test_a_charts_numbers_are_said_in_their_unit(value, unit, said):
    from awooop.templatetags.charts import amount

    assert amount(value, unit) == said
