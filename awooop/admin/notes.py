from __future__ import annotations

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import ReadOnlyAdmin
from awooop.models import Note, NoteVersion


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    """Notes: written, changed and struck out on the pages of what they are about."""

    fixed_ordering = paging.Ordering("admin.notes", ("created_at", "note_id"))
    search_only = True
    exact_search = ("note_id",)
    search_help_text = _("Searched, not listed: what it is about, as run:id or incident:id.")
    list_display = (
        "created_at", "project_id", "subject_type", "subject_id", "author_label", "version",
        "struck_at",
    )  # fmt: skip

    def search_condition(self, term: str) -> Q:
        """A thing, as the index has it, or the note's own id."""
        kind, _colon, ident = term.partition(":")
        if ident:
            return Q(subject_type=kind, subject_id=ident.strip())
        return super().search_condition(term)


@admin.register(NoteVersion)
class NoteVersionAdmin(ReadOnlyAdmin):
    """What notes said before they were changed."""

    fixed_ordering = paging.Ordering("admin.note_versions", ("id",))
    search_only = True
    exact_search = ("note_id",)
    search_help_text = _("Searched, not listed: the note's id.")
    list_display = ("note_id", "project_id", "version", "written_at")
