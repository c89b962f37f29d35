"""Write, change, strike out and restore notes."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import notes, permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid
from awooop.models import Note, NoteVersion
from awooop.models.note import BODY_MOST, NoteSubject
from awooop.notes import policies, reads
from awooop.redaction import redact


@transaction.atomic
def write(*, by: Caller, kind: str, ident: str, body: str) -> Note:
    """Write a note on a run, an incident or a governance event; secrets in it are redacted.

    Raises NotFound, NotAllowed, Invalid, or Conflict where there are too many notes on it.
    """
    project_id = notes.get(kind).project_of(by.projects, ident)
    permissions.check_can_write(by, "note.write", project_id)
    text = _checked(body)
    if reads.on_many(project_id, kind, [ident]).count() >= reads.AT_MOST:
        raise Conflict(
            _("There are %(n)d notes on it: no more fit.") % {"n": reads.AT_MOST},
            code="too_many_notes",
        )
    note = Note.objects.create(
        project_id=project_id,
        subject_type=kind,
        subject_id=ident,
        body=text,
        author=by.ident[:64],
        author_label=by.label[:254],
    )
    _record(by, note, "note.write")
    return note


@transaction.atomic
def edit(*, by: Caller, note_id: UUID, body: str, version: int) -> Note:
    """Change one's own note within a day; what it said before is kept.

    Raises NotFound, NotAllowed, Invalid, or Conflict: see `policies.check_editable`, and
    `version_changed`.
    """
    note = _locked(by, note_id)
    permissions.check_can_write(by, "note.write", note.project_id)
    policies.check_editable(by, note)
    if note.version != version:
        raise Conflict(
            _("It was changed in between: read it again before you change it."),
            code="version_changed",
        )
    text = _checked(body)
    if text == note.body:
        return note
    NoteVersion.objects.create(
        note=note,
        project_id=note.project_id,
        version=note.version,
        body=note.body,
        written_at=note.edited_at or note.created_at,
    )
    note.body, note.version, note.edited_at = text, note.version + 1, now()
    note.save(update_fields=["body", "version", "edited_at"])
    _record(by, note, "note.edit", version=note.version)
    return note


@transaction.atomic
def strike(*, by: Caller, note_id: UUID) -> tuple[Note, bool]:
    """Strike a note out, which leaves it legible; answers it, and whether it was not struck yet.

    Raises NotFound, NotAllowed, or Conflict `not_the_author`.
    """
    note = _locked(by, note_id)
    permissions.check_can_write(by, "note.write", note.project_id)
    policies.check_strikable(by, note)
    if note.struck_at is not None:
        return note, False
    note.struck_at, note.struck_by = now(), by.label[:254]
    note.save(update_fields=["struck_at", "struck_by"])
    _record(by, note, "note.strike")
    return note, True


@transaction.atomic
def restore(*, by: Caller, note_id: UUID) -> tuple[Note, bool]:
    """Undo that a note was struck out; raises as `strike` does."""
    note = _locked(by, note_id)
    permissions.check_can_write(by, "note.write", note.project_id)
    policies.check_strikable(by, note)
    if note.struck_at is None:
        return note, False
    note.struck_at, note.struck_by = None, ""
    note.save(update_fields=["struck_at", "struck_by"])
    _record(by, note, "note.restore")
    return note, True


def _locked(by: Caller, note_id: UUID) -> Note:
    note = reads.get(by.projects, note_id)
    return Note.objects.select_for_update().get(pk=note.pk, project_id=note.project_id)


def _checked(body: str) -> str:
    text = redact(body.replace("\r\n", "\n").strip()).text
    if "\0" in text:
        raise Invalid({"body": _("must not contain NUL characters")})
    if not text:
        raise Invalid({"body": _("must not be empty")})
    if len(text) > BODY_MOST:
        raise Invalid({"body": _("must have at most %(n)d characters") % {"n": BODY_MOST}})
    return text


def _record(by: Caller, note: Note, action: str, **details: object) -> None:
    # Under what the note is about: its history tells of the note, the words stay in the note.
    run_id = UUID(note.subject_id) if note.subject_type == NoteSubject.RUN else None
    details = {"note_id": str(note.pk), "author": note.author, **details}
    entry = audit.Entry(action, note.subject_type, note.subject_id, details, run_id=run_id)
    audit.append(project_id=note.project_id, by=by, entry=entry)
