"""The way from page to page, and what stays chosen on it."""

from __future__ import annotations

import pytest

PAGES = ("/", "/awooop/approvals", "/awooop/runs", "/awooop/incidents", "/awooop/channel-events")


def hrefs(page, path: str, part: str = "nav", **query: str) -> list[str]:
    html = page.get(path, query).content.decode()
    nav = html.split(f'class="{part}"')[1].split("</nav>")[0]
    return [found.split('"')[0].replace("&amp;", "&") for found in nav.split('href="')[1:]]


@pytest.mark.parametrize("path", PAGES)
def test_the_chosen_project_stays_chosen_on_the_way_to_the_next_page(page, project, path):
    found = hrefs(page, path, project_id="awoooi")
    assert {f"{other}?project_id=awoooi" for other in PAGES} <= set(found)


def test_without_a_chosen_project_the_addresses_are_plain(page, project):
    found = hrefs(page, "/awooop/runs")
    assert set(PAGES) <= set(found)
    assert not [href for href in found if "?" in href]


def test_other_filters_of_a_page_stay_behind(page, project):
    found = hrefs(page, "/awooop/runs", project_id="awoooi", state="failed")
    assert "/awooop/approvals?project_id=awoooi" in found


def test_the_page_that_is_open_is_marked_with_a_project_chosen(page, project):
    html = page.get("/awooop/runs", {"project_id": "awoooi"}).content.decode()
    assert '<a href="/awooop/runs?project_id=awoooi" aria-current="page">' in html


def test_a_project_that_the_reader_may_not_see_is_not_handed_on(page, other_project):
    response = page.get("/awooop/runs", {"project_id": "other"})
    assert response.status_code == 404
    assert "project_id=other" not in response.content.decode()


def test_the_tabs_of_the_approvals_keep_the_project(page, project):
    found = hrefs(page, "/awooop/approvals", "tabs", project_id="awoooi")
    assert found[:2] == [
        "/awooop/approvals?project_id=awoooi",
        "/awooop/approvals?tab=history&project_id=awoooi",
    ]
