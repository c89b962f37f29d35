"""Does a note's state allow it, by whom? What the role table says comes on top."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext as _

from awooop import permissions
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict
from awooop.models import Note

EDITABLE_HOURS = 24


def check_editable(by: Caller, note: Note) -> None:
    """Raise Conflict for somebody else's note, a struck one, or one that is older than a day."""
    if note.author != by.ident:
        raise Conflict(_("Only its author may change a note."), code="not_the_author")
    if note.struck_at is not None:
        raise Conflict(_("It is struck out: restore it first."), code="note_struck")
    if now() - note.created_at > timedelta(hours=EDITABLE_HOURS):
        raise Conflict(
            _("A note can be changed for %(n)d hours; write another.") % {"n": EDITABLE_HOURS},
            code="note_too_old",
        )


def check_strikable(by: Caller, note: Note) -> None:
    """Raise Conflict where the caller may neither strike the note out nor restore it: it is
    somebody else's, and the caller does not administer the project."""
    if note.author != by.ident and not permissions.can(by, "note.moderate", note.project_id):
        raise Conflict(
            _("Only its author or an administrator of the project may strike a note out."),
            code="not_the_author",
        )


def passes(check: Callable[[Caller, Note], None], by: Caller, note: Note) -> bool:
    """Whether a check lets the caller; for templates, derived from it."""
    try:
        check(by, note)
    except Conflict:
        return False
    return True
