"""What an entry said before, and how one version differs from the one before it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from knowledge.models import KnowledgeEntry, KnowledgeRevision

AT_MOST = 50
_LINES_AT_MOST = 4_000
_WORD = re.compile(r"\s+|[\w]+|[^\w\s]", re.UNICODE)
Piece = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """One line of a difference: `same`, `add`, `del` or `skip`, and its pieces (changed or not)."""

    kind: str
    pieces: list[Piece]


def revisions(entry: KnowledgeEntry) -> list[KnowledgeRevision]:
    """Answer the latest revisions without their content, newest first."""
    rows = KnowledgeRevision.objects.filter(entry=entry, project_id=entry.project_id)
    return list(rows.defer("content").order_by("-version")[:AT_MOST])


def pair(
    entry: KnowledgeEntry, version: int
) -> tuple[KnowledgeRevision | None, KnowledgeRevision | None]:
    """Answer the revision before `version`, and that one; None where there is none."""
    rows = KnowledgeRevision.objects.filter(
        entry=entry, project_id=entry.project_id, version__lte=version
    )
    found = list(rows.order_by("-version")[:2])
    if not found or found[0].version != version:
        return None, None
    return (found[1] if len(found) > 1 else None), found[0]


def difference(before: str, after: str, *, context: int = 3) -> list[Line]:
    """Answer how one text became another, by lines, and within a changed line by words."""
    old, new = before.splitlines()[:_LINES_AT_MOST], after.splitlines()[:_LINES_AT_MOST]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    lines: list[Line] = []
    for number, group in enumerate(matcher.get_grouped_opcodes(context)):
        if number or group[0][1] > 0:
            lines.append(Line("skip", [("", "…")]))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [Line("same", [("", text)]) for text in old[i1:i2]]
            else:
                lines += _changed(old[i1:i2], new[j1:j2])
    return lines


def _changed(old: list[str], new: list[str]) -> list[Line]:
    if len(old) != len(new):
        gone = [Line("del", [("", text)]) for text in old]
        return [*gone, *(Line("add", [("", text)]) for text in new)]
    lines: list[Line] = []
    for before, after in zip(old, new, strict=True):
        gone, come = _by_words(before, after)
        lines += [Line("del", gone), Line("add", come)]
    return lines


def _by_words(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.quick_ratio() < 0.4:  # another line, not the same one changed
        return [("", before)], [("", after)]
    gone: list[Piece] = []
    come: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        mark = "" if tag == "equal" else "changed"
        if i2 > i1:
            gone.append((mark, "".join(old[i1:i2])))
        if j2 > j1:
            come.append((mark, "".join(new[j1:j2])))
    return gone, come
