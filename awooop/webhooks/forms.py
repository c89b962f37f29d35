"""Forms of outbound webhooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from awooop.webhooks import kinds


class SubscriptionForm(forms.Form):
    """Where to, and which events; the project is chosen where a new one is made."""

    project_id = forms.ChoiceField(label=_("Project"))
    name = forms.CharField(label=_("Name"), max_length=100)
    url = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.URLInput, help_text="https://…"
    )
    kinds = forms.MultipleChoiceField(label=_("Events"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, projects: list[tuple[str, str]] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if projects is None:
            del self.fields["project_id"]
        else:
            self.fields["project_id"].choices = projects
        self.fields["kinds"].choices = list(kinds.all_kinds().items())
