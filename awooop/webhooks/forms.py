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


class DeleteForm(forms.Form):
    """The name of what is to be deleted, typed as a second, deliberate step."""

    name = forms.CharField(
        label=_("Type its name to delete it"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="delete-%s", **kwargs)
        self._expected = expected

    def clean_name(self) -> str:
        """Take nothing but the name itself."""
        if self.cleaned_data["name"] != self._expected:
            raise forms.ValidationError(_("Nothing is deleted: this is not the webhook's name."))
        return self._expected
