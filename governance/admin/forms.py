"""What an act asks for before it is done."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.actions.events import NOTE_MOST


class NoteForm(forms.Form):
    """Why: it stands in the row and in the audit record."""

    note = forms.CharField(
        label=_("note"), max_length=NOTE_MOST, widget=forms.Textarea(attrs={"rows": 3})
    )


class OptionalNoteForm(NoteForm):
    """A word to it, if there is something to say."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = False
