"""What people type on the pages of knowledge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from knowledge.actions.entries import REASON_AT_MOST
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.selectors import filters
from runs.models import Playbook

_ANY = [("", _("Any"))]
PLAYBOOKS_AT_MOST = 500


class FilterForm(forms.Form):
    """Filters of the list; what they may be, `filters.parse` says."""

    use_required_attribute = False

    q = forms.CharField(
        label=_("Search"),
        required=False,
        strip=False,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "data-search": "",
                "maxlength": filters.Q_AT_MOST,
                "autocomplete": "off",
                "placeholder": _("Alert name, symptom, 關鍵字"),
            }
        ),
    )
    status = forms.CharField(
        label=_("Status"),
        required=False,
        widget=forms.Select(
            choices=[("", _("In use")), *EntryStatus.choices, (filters.ALL, _("All"))]
        ),
    )
    entry_type = forms.CharField(
        label=_("Type"), required=False, widget=forms.Select(choices=[*_ANY, *EntryType.choices])
    )
    stale = forms.CharField(
        label=_("Updated"),
        required=False,
        widget=forms.Select(
            choices=[*_ANY, ("true", _("over 7 days ago")), ("false", _("within 7 days"))]
        ),
    )


class EntryForm(forms.Form):
    """An entry's own fields, and why it is changed."""

    title = forms.CharField(label=_("Title"), max_length=255)
    content = forms.CharField(
        label=_("Content"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "class": "mono", "spellcheck": "true"}),
        help_text=_("Markdown: # headings, - lists, `code`, ``` blocks, [links](https://…)."),
    )
    entry_type = forms.ChoiceField(label=_("Type"), choices=[])
    status = forms.ChoiceField(label=_("Status"), choices=[])
    category = forms.CharField(label=_("Category"), max_length=128, required=False)
    tags = forms.CharField(
        label=_("Tags"), max_length=1400, required=False, help_text=_("Separated by commas.")
    )
    alertname = forms.CharField(
        label=_("Alert"),
        max_length=255,
        required=False,
        help_text=_("The name of the alert that it is about, as it fires."),
    )
    owner = forms.CharField(label=_("Owner"), max_length=128, required=False)
    related_incident_id = forms.CharField(
        label=_("Incident"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "INC-20261121-7QX2"}),
    )
    related_playbook_id = forms.ChoiceField(label=_("Playbook"), choices=[], required=False)
    reason = forms.CharField(
        label=_("What changed, and why"),
        max_length=REASON_AT_MOST,
        required=False,
        help_text=_("Stands in the history."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(
        self,
        *args: Any,
        project_id: str,
        entry: KnowledgeEntry | None = None,
        projects: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        kept = entry.entry_type if entry else ""
        self.fields["entry_type"].choices = [
            pair
            for pair in EntryType.choices
            if pair[0] != EntryType.REVIEW_DRAFT or kept == pair[0]
        ]
        kept = entry.status if entry else ""
        self.fields["status"].choices = [
            pair
            for pair in EntryStatus.choices
            if pair[0] != EntryStatus.ARCHIVED or kept == pair[0]
        ]
        books = Playbook.objects.filter(project_id=project_id).order_by("name", "pk")
        named = [
            (str(key), name) for key, name in books.values_list("pk", "name")[:PLAYBOOKS_AT_MOST]
        ]
        self.fields["related_playbook_id"].choices = [("", _("None")), *named]
        if projects:
            self.fields["project_id"] = forms.ChoiceField(
                label=_("Project"), choices=[(each, each) for each in projects]
            )

    def values(self) -> dict[str, Any]:
        """Answer what the action takes."""
        given = dict(self.cleaned_data)
        given.pop("version", None)
        given.pop("project_id", None)
        given["tags"] = [part.strip() for part in given["tags"].replace("，", ",").split(",")]
        return given


class MoveForm(forms.Form):
    """Why an entry is archived or brought back, and the version that was read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_AT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands in the audit record."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def initial_of(entry: KnowledgeEntry) -> Mapping[str, Any]:
    """Answer the form's first content for an entry."""
    names = (
        "title", "content", "entry_type", "status", "category", "alertname", "owner",
        "related_incident_id", "version",
    )  # fmt: skip
    values = {name: getattr(entry, name) for name in names}
    return values | {
        "tags": ", ".join(entry.tags),
        "related_playbook_id": str(entry.related_playbook_id or ""),
    }
