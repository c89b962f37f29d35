"""What is imported is bounded and checked; what is refused is named, and the rest goes in."""

from __future__ import annotations

import io
import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from awooop import tenancy
from awooop.models import AuditRecord
from knowledge.actions import entries
from knowledge.importing import folder, front_matter, jsonl
from knowledge.models import KnowledgeEntry, KnowledgeRevision
from tests.knowledge import make

ROW = {
    "source_repo": "acme/runbooks",
    "path": "disk/DiskFull.md",
    "title": "Disk full",
    "body": "# Disk full\n\nRotate the logs.\n",
    "category": "disk",
    "tags": ["linux"],
    "owner": "team-storage",
    "author_date_first": "2024-01-01T00:00:00Z",
    "author_date_last": "2026-06-01T00:00:00Z",
    "author_date_last_non_bulk": "2025-02-03T04:05:06Z",
    "licence": "MIT",
    "alertname": "DiskFull",
}


@pytest.fixture
def bring_in(project, tmp_path, capsys):
    """Import rows (or a path); answers the report for machines."""

    def run(given, **options):
        path = given
        if isinstance(given, list):
            path = tmp_path / "rows.jsonl"
            lines = [row if isinstance(row, (str, bytes)) else json.dumps(row) for row in given]
            path.write_bytes(b"\n".join(x if isinstance(x, bytes) else x.encode() for x in lines))
        capsys.readouterr()
        with suppress(SystemExit):  # something was refused; the report says what
            call_command("import_runbooks", str(path), project="awoooi", json=True, **options)
        return json.loads(capsys.readouterr().out)

    return run


def counts(report):
    return report["created"], report["updated"], report["unchanged"], len(report["refused"])


def test_a_row_keeps_its_dates_owner_and_source(bring_in):
    assert counts(bring_in([ROW])) == (1, 0, 0, 0)
    entry = KnowledgeEntry.objects.get()
    assert entry.updated_at.isoformat() == "2025-02-03T04:05:06+00:00"
    assert entry.created_at.isoformat() == "2024-01-01T00:00:00+00:00"
    assert (entry.source, entry.source_path) == ("acme/runbooks", "disk/DiskFull.md")
    assert (entry.status, entry.entry_type, entry.owner) == ("approved", "runbook", "team-storage")
    assert AuditRecord.objects.get(action="knowledge.entry.create").actor == (
        "manage.py import_runbooks"
    )


def test_again_changes_nothing_also_where_only_the_commit_differs(bring_in):
    bring_in([ROW])
    assert counts(bring_in([{**ROW, "source_commit": "abc", "number_of_commits": 9}])) == (
        0,
        0,
        1,
        0,
    )
    assert KnowledgeRevision.objects.count() == 1


def test_an_edit_made_here_stays_until_the_source_changes(bring_in, by):
    bring_in([ROW])
    entry = KnowledgeEntry.objects.get()
    where = {"project_id": "awoooi", "entry_id": entry.pk, "version": 1}
    entries.update(by=by, **where, content="Ours.")
    assert counts(bring_in([ROW])) == (0, 0, 1, 0)
    assert KnowledgeEntry.objects.get().content == "Ours."
    assert counts(bring_in([{**ROW, "body": "Theirs."}])) == (0, 1, 0, 0)
    texts = KnowledgeRevision.objects.order_by("version").values_list("content", flat=True)
    assert list(texts) == [ROW["body"], "Ours.", "Theirs."]


def test_what_was_archived_here_stays_so(bring_in, by):
    bring_in([ROW])
    entry = KnowledgeEntry.objects.get()
    entries.archive(by=by, project_id="awoooi", entry_id=entry.pk, version=1)
    bring_in([{**ROW, "body": "Theirs."}])
    assert KnowledgeEntry.objects.get().status == "archived"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "must be JSON"),
        ("[]", "must be a JSON object"),
        (b"\xff\xfe{}", "must be JSON"),
        (json.dumps({**ROW, "title": " "}), "title"),
        (json.dumps({**ROW, "title": "x" * 256}), "title"),
        (json.dumps({k: v for k, v in ROW.items() if k != "body"}), "body"),
        (json.dumps({**ROW, "body": "x" * 200_001}), "body"),
        (json.dumps({**ROW, "body": "a\0b"}), "NUL"),
        (json.dumps({**ROW, "path": "../../etc/passwd"}), "path"),
        (json.dumps({**ROW, "path": "/etc/passwd"}), "path"),
        (json.dumps({**ROW, "path": "a\\..\\b"}), "path"),
        (json.dumps({**ROW, "author_date_last_non_bulk": "yesterday"}), "author_date_last"),
        (json.dumps({**ROW, "author_date_last_non_bulk": "2025-01-01T00:00:00"}), "zone"),
        (json.dumps({**ROW, "status": "published"}), "status"),
        (json.dumps({**ROW, "tags": "linux"}), "tags"),
        (json.dumps({**ROW, "body": "x" * (jsonl.LINE_AT_MOST + 10)}), "longer"),
        (json.dumps(ROW), "line 1"),
    ],
    ids=range(17),
)
def test_a_bad_line_is_named_and_the_others_go_in(bring_in, line, reason):
    report = bring_in([ROW, line, {**ROW, "path": "b.md"}])
    assert counts(report) == (2, 0, 0, 1)
    assert report["ok"] is False
    assert report["refused"][0]["where"] == "line 2"
    assert reason in report["refused"][0]["reason"]


def test_a_time_to_come_is_now(bring_in):
    bring_in([{**ROW, "author_date_last_non_bulk": "2199-01-01T00:00:00Z"}])
    assert KnowledgeEntry.objects.get().updated_at.year < 2199


def test_an_unknown_project_and_a_missing_file_are_one_line(project, tmp_path):
    with pytest.raises(CommandError, match="No such project"):
        call_command("import_runbooks", str(tmp_path), project="nobody")
    with pytest.raises(CommandError, match="neither a folder nor a file"):
        call_command("import_runbooks", str(tmp_path / "missing.jsonl"), project="awoooi")


def git(where: Path, *arguments: str, at: str = "2026-01-01T00:00:00Z") -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    environment = {**os.environ, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    command = ["git", *identity, *arguments]
    subprocess.run(command, cwd=where, check=True, capture_output=True, env=environment)


@pytest.fixture
def checkout(tmp_path):
    """A checkout with two runbooks, of which one was changed later."""
    top = tmp_path / "books"
    (top / "disk").mkdir(parents=True)
    (top / "disk" / "DiskFull.md").write_text("# The disk is full\n\nRotate the logs.\n")
    (top / "other.md").write_text(
        "---\ntitle: 網路中斷\nowner: team-net\n"
        "tags:\n  - net\n  - 'a b'\nweight: 20\n---\n\nBody.\n"
    )
    git(top, "init", "-q")
    git(top, "remote", "add", "origin", "https://git.example.org/acme/books.git")
    git(top, "add", ".", at="2025-01-01T00:00:00Z")
    git(top, "commit", "-qm", "one", at="2025-01-01T00:00:00Z")
    (top / "disk" / "DiskFull.md").write_text("# The disk is full\n\nGrow the volume.\n")
    git(top, "commit", "-qam", "two", at="2026-02-02T00:00:00Z")
    return top


@pytest.mark.needs_program("git")
def test_a_checkout_gives_titles_categories_and_dates(bring_in, checkout):
    assert counts(bring_in(checkout)) == (2, 0, 0, 0)
    disk = KnowledgeEntry.objects.get(source_path="disk/DiskFull.md")
    assert (disk.title, disk.category, disk.alertname) == ("The disk is full", "disk", "DiskFull")
    assert (disk.created_at.year, disk.updated_at.isoformat()) == (
        2025,
        "2026-02-02T00:00:00+00:00",
    )
    other = KnowledgeEntry.objects.get(source_path="other.md")
    assert (other.source, other.title, other.owner) == ("acme/books", "網路中斷", "team-net")
    assert (other.tags, other.content) == (["net", "a b"], "Body.\n")
    assert counts(bring_in(checkout)) == (0, 0, 2, 0)


@pytest.mark.needs_program("git")
def test_a_folder_within_a_checkout_keeps_its_paths(bring_in, checkout):
    bring_in(checkout / "disk")
    assert KnowledgeEntry.objects.get().source_path == "disk/DiskFull.md"


def test_links_pipes_and_hidden_folders_are_left_out(tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    books = tmp_path / "books"
    (books / ".hidden").mkdir(parents=True)
    (books / ".hidden" / "x.md").write_text("hidden")
    (books / "link.md").symlink_to(secret)
    (books / "loop").symlink_to(books)
    (books / "notes.txt").write_text("no Markdown")
    os.mkfifo(books / "pipe.md")
    (books / "good.md").write_text("# Good")
    assert [each.name for each in folder.files(books)] == ["good.md", "pipe.md"]
    read = {row.where: row for row in folder.read(books)}
    assert read["pipe.md"].reason == "is no regular file"
    assert read["good.md"].values["title"] == "Good"


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"\xff\xfe", "UTF-8"), (b"a\0b", "NUL"), (b"x" * (folder.FILE_AT_MOST + 1), "longer")],
    ids=["bytes", "nul", "huge"],
)
def test_an_odd_file_is_named_and_the_others_go_in(bring_in, tmp_path, body, reason):
    books = tmp_path / "books"
    books.mkdir()
    (books / "bad.md").write_bytes(body)
    (books / "good.md").write_text("# Good")
    report = bring_in(books)
    assert counts(report) == (1, 0, 0, 1)
    assert report["refused"][0]["where"] == "bad.md"
    assert reason in report["refused"][0]["reason"]


def test_a_head_that_is_none_stays_in_the_body():
    assert front_matter.split("---\nno end") == ({}, "---\nno end")
    assert front_matter.split("text\n---\na: b\n---\n")[0] == {}


@pytest.mark.parametrize("target", ["out.jsonl", "out"])
def test_an_export_comes_back_as_it_was(bring_in, by, tmp_path, other_project, target):
    bring_in([ROW, {**ROW, "path": "zh.md", "title": "磁碟空間不足", "body": "清除日誌。\n"}])
    make.entry(by, title='Written: "here"', tags=["a, b"], owner="me", status="draft")
    path = tmp_path / target
    call_command("export_knowledge", str(path), project="awoooi")
    assert counts(bring_in(path)) == (0, 0, 3, 0)
    call_command("import_runbooks", str(path), project="other")
    names = ("title", "content", "tags", "owner", "status", "category", "alertname", "updated_at")
    there = _facts("awoooi", names)
    assert _facts("other", names) == there


def _facts(project_id, names):
    with tenancy.scope([project_id]):
        rows = KnowledgeEntry.objects.filter(project_id=project_id)
        return sorted(map(repr, rows.values_list(*names)))


def test_an_export_writes_nothing_outside_its_folder(bring_in, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    target = tmp_path / "out"
    target.mkdir()
    (target / "acme").symlink_to(outside)
    bring_in([ROW])
    with pytest.raises(CommandError, match="symbolic link"):
        call_command("export_knowledge", str(target), project="awoooi")
    bring_in([{**ROW, "source_repo": "../../escape"}])
    (target / "acme").unlink()
    call_command("export_knowledge", str(target), project="awoooi")
    assert list(outside.iterdir()) == []
    assert not (tmp_path / "escape").exists()


class Terminal(io.StringIO):
    """What a command writes for a person."""

    def isatty(self) -> bool:
        return True


def test_a_person_sees_how_far_it_is_and_a_script_does_not(project, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps({**ROW, "path": f"{n}.md"}) for n in range(4)))
    for screen, shown in ((Terminal(), True), (io.StringIO(), False)):
        call_command(
            "import_runbooks", str(path), project="awoooi", stdout=io.StringIO(), stderr=screen
        )
        assert ("100 % (" in screen.getvalue()) is shown
