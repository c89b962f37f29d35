"""All real runbooks come in by one command, and are found as an operator would look for them."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from awooop import paging, tenancy
from knowledge.models import KnowledgeEntry, KnowledgeRevision
from knowledge.selectors import entries, filters

FILE = Path(settings.BASE_DIR).parent / "shared" / "data" / "runbooks" / "runbooks.jsonl"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the real runbooks are not here")


def import_them(path: Path = FILE) -> dict:
    out = io.StringIO()
    call_command("import_runbooks", str(path), project="awoooi", json=True, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def shelf(project):
    return import_them()


def titles(typed: str) -> list[str]:
    found = entries.page_of_entries(
        filters.parse({"q": typed}), ["awoooi"], paging.PageRequest(per_page=3)
    )
    return [f"{item.entry.alertname} {item.entry.title}" for item in found.items]


def test_all_come_in_with_their_true_dates_and_owners(shelf):
    assert (shelf["created"], shelf["refused"]) == (400, [])
    rows = [json.loads(line) for line in FILE.read_text().splitlines()]
    found = {(each.source, each.source_path): each for each in KnowledgeEntry.objects.all()}
    for row in rows:
        entry = found[(row["source_repo"], row["path"])]
        assert entry.updated_at == datetime.fromisoformat(row["author_date_last_non_bulk"])
        assert (entry.owner or None, entry.category) == (row["owner"], row["category"])
        assert entry.metadata["licence"] == row["licence"]
    assert import_them()["unchanged"] == 400
    assert KnowledgeRevision.objects.count() == 400


def test_an_edited_line_updates_exactly_that_entry(shelf, tmp_path):
    lines = FILE.read_text().splitlines()
    row = json.loads(lines[7])
    row["body"] += "\nOne more line.\n"
    lines[7] = json.dumps(row)
    edited = tmp_path / "edited.jsonl"
    edited.write_text("\n".join(lines))
    report = import_them(edited)
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 1, 399)
    changed = KnowledgeRevision.objects.get(version=2)
    assert changed.entry.source_path == row["path"]


WANTED = {
    "KubePodCrashLooping": "KubePodCrashLooping",
    "KubePodCrashLopping": "KubePodCrashLooping",
    "kubenodenotredy": "KubeNodeNotReady",
    "pod keeps restarting": "KubePodCrashLooping",
    "disk filling up": "FillingUp",
    "certifcate expiration": "CertificateExpiration",
    "etcd no leader": "etcdNoLeader",
    "alertmanager cannot send notifications": "AlertmanagerFailedToSendAlerts",
}


def test_the_right_one_is_among_the_first_three(shelf):
    found = {typed: titles(typed) for typed in WANTED}
    missed = {
        typed: names
        for typed, names in found.items()
        if not any(WANTED[typed] in name for name in names)
    }
    assert missed == {}


def test_the_project_alone_sees_them(shelf, other_project):
    with tenancy.scope(["other"]):
        assert titles("KubePodCrashLooping") == []
