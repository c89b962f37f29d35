"""A search finds names, symptoms, misspellings and Chinese, in the reader's projects only."""

from __future__ import annotations

import pytest

from awooop import callers, paging, tenancy
from awooop.errors import Invalid
from knowledge.actions import entries as actions
from knowledge.search import query, ranking, snippets, spelling, words
from knowledge.selectors import entries, filters
from tests.knowledge import make

AWOOOI = ["awoooi"]


def find(q: str, projects=AWOOOI, per_page: int = 20, **given) -> list[str]:
    chosen = filters.parse({"q": q, **given})
    found = entries.page_of_entries(chosen, projects, paging.PageRequest(per_page=per_page))
    return [item.entry.title for item in found.items]


@pytest.fixture
def shelf(by):
    make.entry(
        by,
        title="Pods restart again and again",
        alertname="KubePodCrashLooping",
        content="# Meaning\n\nA pod crashes at start.\n",
        category="kubernetes",
        tags=["pods"],
    )
    make.entry(
        by,
        title="Certificate expires soon",
        alertname="CertExpiringSoon",
        content="Renew the certificate before clients refuse it.",
        category="tls",
        status="draft",
    )
    make.entry(
        by,
        title="資料庫連線池耗盡",
        content="應用程式回報無法取得連線。先檢查磁碟空間與慢查詢,再重新啟動連線池。",
        category="資料庫",
    )
    make.entry(by, title="A pod is pending", content="No node has room.", category="kubernetes")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("KubePodCrashLooping", "Pods restart again and again"),
        ("kubepodcrashlooping", "Pods restart again and again"),
        ("kube pod crash", "Pods restart again and again"),
        ("KubePodCrashLopping", "Pods restart again and again"),
        ("crashing pods", "Pods restart again and again"),
        ("certifcate expiry", "Certificate expires soon"),
        ("certificate expired", "Certificate expires soon"),
        ("certif", "Certificate expires soon"),
        ("連線池耗盡", "資料庫連線池耗盡"),
        ("磁碟空間", "資料庫連線池耗盡"),
        ("資料庫 連線", "資料庫連線池耗盡"),
        ("池", "資料庫連線池耗盡"),
    ],
)
def test_it_finds_what_was_meant(shelf, typed, first):
    assert find(typed)[:1] == [first]


@pytest.mark.parametrize("typed", ["the", "zzzzqqqq", "%", "' or 1=1 --", "( & | !", "\\", "🚀"])
def test_what_nobody_wrote_is_not_found(shelf, typed):
    assert find(typed) == []


def test_filters_narrow_what_is_found(shelf):
    assert find("pod", category="kubernetes", tag="pods") == ["Pods restart again and again"]
    assert find("certificate", status="approved") == []
    assert find("certificate", status="draft") == ["Certificate expires soon"]


def test_what_is_archived_is_found_only_where_it_is_asked_for(by, shelf):
    entry = make.entry(by, title="Obsolete switchover", content="")
    where = {"project_id": "awoooi", "entry_id": entry.pk, "version": 1}
    actions.archive(by=by, **where)
    assert find("switchover") == []
    assert find("switchover", status="archived") == ["Obsolete switchover"]
    assert find("switchover", status="all") == ["Obsolete switchover"]


def test_a_changed_text_is_found_by_its_new_words_only(by):
    entry = make.entry(by, content="The flywheel squeaks.")
    where = {"project_id": "awoooi", "entry_id": entry.pk, "version": 1}
    actions.update(by=by, **where, content="The gearbox rattles.")
    assert find("flywheel") == []
    assert find("gearbox") == [entry.title]


def test_another_projects_words_find_and_complete_and_spell_nothing(by, shelf, other_project):
    with tenancy.scope(["other"]):
        make.entry(callers.system("tests", ["other"]), "other", title="Secret flywheel")
    for typed in ("flywheel", "flywhe", "flywheal", "secret"):
        assert find(typed) == []
    # Naming the project does not help: the database shows none of its rows.
    assert find("flywheel", ["other"]) == []
    assert query.completions(["other"], "flyw") == []
    assert spelling.corrections(["other"], ["flywheal"]) == {"flywheal": []}
    asked = query.Query([(0, "flywheel", 1.0)])
    assert ranking.rank(["other"], asked, None).ids == []


def test_two_projects_are_searched_together(by, shelf, other_project):
    with tenancy.scope(["other"]):
        make.entry(callers.system("tests", ["other"]), "other", title="Pods of the other project")
    with tenancy.scope(["awoooi", "other"]):
        assert "Pods of the other project" in find("pods", ["awoooi", "other"])


def test_pages_go_on_by_cursor_without_repeats(by):
    make.many(25, content="The same flywheel.")
    chosen, seen, cursor = filters.parse({"q": "flywheel "}), [], None
    for _ in range(3):
        asked = paging.PageRequest(per_page=10, cursor=cursor)
        found = entries.page_of_entries(chosen, AWOOOI, asked)
        seen += [item.entry.pk for item in found.items]
        cursor = found.page.next_cursor
    assert (len(seen), len(set(seen)), cursor) == (25, 25, None)
    assert (found.page.total, found.page.total_is_exact) == (25, True)


def test_a_cursor_of_another_search_is_refused(by):
    make.many(25, content="The same flywheel.")
    first = entries.page_of_entries(
        filters.parse({"q": "flywheel"}), AWOOOI, paging.PageRequest(per_page=10)
    )
    asked = paging.PageRequest(per_page=10, cursor=first.page.next_cursor)
    with pytest.raises(Invalid):
        entries.page_of_entries(filters.parse({"q": "same"}), AWOOOI, asked)


def test_more_than_the_best_are_counted_as_more(by):
    make.many(ranking.AT_MOST + 5, content="The same flywheel.")
    found = entries.page_of_entries(filters.parse({"q": "flywheel"}), AWOOOI, paging.PageRequest())
    assert (found.page.total, found.page.total_is_exact) == (ranking.AT_MOST, False)


def test_the_excerpt_marks_the_words_and_escapes_the_rest(by):
    make.entry(
        by, title="<b>flywheel</b>", content=f"{'x ' * 300}<script>the flywheels</script> end"
    )
    item = entries.page_of_entries(
        filters.parse({"q": "flywheel"}), AWOOOI, paging.PageRequest()
    ).items[0]
    assert item.title == "&lt;b&gt;<mark>flywheel</mark>&lt;/b&gt;"
    assert "&lt;script&gt;the <mark>flywheels</mark>&lt;/script&gt;" in item.snippet


def test_chinese_is_marked_as_one_stretch():
    marked = snippets.mark("先檢查磁碟空間與慢查詢", frozenset({"磁碟", "碟空", "空間"}))
    assert marked == "先檢查<mark>磁碟空間</mark>與慢查詢"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NodeRAIDDegraded", ["noderaiddegraded", "node", "raid", "degraded"]),
        ("disk_io_time2", ["diskiotime2", "disk", "io", "time", "2"]),
        ("磁碟空間", ["磁碟", "碟空", "空間"]),
        ("滿", ["滿"]),
        ("x" * 41, []),
        ("Größe", ["größe", "gr", "öß", "e"]),
    ],
)
def test_texts_are_taken_apart(text, found):
    assert list(words.words_of(text)) == found


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("cert", "cert", 0),
        ("cert", "crt", 1),
        ("cert", "cetr", 1),
        ("etcd", "etcdd", 1),
        ("ab", "", 2),
    ],
)
def test_distance_counts_edits(one, other, edits):
    assert spelling.distance(one, other) == edits
