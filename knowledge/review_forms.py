"""What people type on the pages of owner reviews; what the fields may be, the actions say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from knowledge.actions import complete_review, queue_reviews
from knowledge.actions.complete_review import Outcome, Wish
from knowledge.actions.queue_reviews import OWNER_MOST
from knowledge.models.entries import CONTENT_AT_MOST, TITLE_AT_MOST
from knowledge.priorities import Action, Tier
from knowledge.selectors import reviews

FINGERPRINT = 64
PREVIEW_MOST = 30
ARCHIVED_MOST = 100
_LIMITS = [(str(n), str(n)) for n in (50, 100, 200)]
_BUCKETS = [
    ("pending", _("inbox: all that wait")),
    ("ready", _("ready")),
    ("blocked", _("blocked")),
    ("completed", _("completed")),
    ("failed", _("failed")),
]


def _any(choices: Any) -> list[tuple[str, Any]]:
    return [("", _("Any")), *choices]


def _owner(**values: Any) -> forms.CharField:
    return forms.CharField(label=_("Owner"), max_length=OWNER_MOST, **values)


class StaleFilterForm(forms.Form):
    """Filters of the stale entries."""

    use_required_attribute = False

    priority_tier = forms.ChoiceField(label=_("Tier"), required=False, choices=_any(Tier.choices))
    recommended_action = forms.ChoiceField(
        label=_("Recommended"), required=False, choices=_any(Action.choices)
    )
    limit = forms.TypedChoiceField(
        label=_("At most"), required=False, choices=_LIMITS, coerce=int, empty_value=50
    )


class DraftFilterForm(forms.Form):
    """Filters of the drafts: an event's, those with duplicates or without."""

    use_required_attribute = False
    duplicates = forms.ChoiceField(
        label=_("Duplicates"),
        required=False,
        choices=[("", _("Any")), ("true", _("with duplicates")), ("false", _("one draft"))],
    )
    governance_event_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def keeps(self, group: dict[str, Any]) -> bool:
        """Whether the (valid) form lets a group through."""
        wanted, event = self.cleaned_data["duplicates"], self.cleaned_data["governance_event_id"]
        is_double = str(bool(group["duplicate_count"])).lower()
        return wanted in ("", is_double) and event in (None, group["governance_event_id"])


class QueueForm(forms.Form):
    """Who is to review one entry."""

    owner = _owner(required=False, help_text=_("Empty: the entry's own owner."))
    owner_note = forms.CharField(
        label=_("Note to the owner"), max_length=queue_reviews.NOTE_MOST, required=False
    )


class BatchForm(forms.Form):
    """Which stale entries are queued together, and for whom."""

    priority_tiers = forms.MultipleChoiceField(
        label=_("Tiers"), choices=Tier.choices, widget=forms.CheckboxSelectMultiple
    )
    limit = forms.IntegerField(
        label=_("How many of the most urgent"),
        min_value=1,
        max_value=queue_reviews.BATCH_MOST,
        help_text=_("At most 50; those that are in review already are counted."),
    )
    owner = _owner()
    owner_note = forms.CharField(
        label=_("Note to the owner"), max_length=queue_reviews.NOTE_MOST, required=False
    )
    dry_run_plan_fingerprint = forms.CharField(
        max_length=FINGERPRINT, required=False, widget=forms.HiddenInput
    )


class QueueFilterForm(forms.Form):
    """Filters of the reviews: the inbox and the completion queue."""

    use_required_attribute = False

    status_bucket = forms.ChoiceField(label=_("Show"), required=False, choices=_BUCKETS)
    priority_tiers = forms.ChoiceField(label=_("Tier"), required=False, choices=_any(Tier.choices))
    recommended_completion_outcome = forms.ChoiceField(
        label=_("Recommended"), required=False, choices=_any(Outcome.choices)
    )
    batch_governance_event_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    limit = forms.IntegerField(
        required=False, min_value=1, max_value=reviews.MOST, widget=forms.HiddenInput
    )

    def asked(self) -> dict[str, Any]:
        """Answer what `reviews.completion_queue` takes; without a bucket what waits is shown."""
        given = self.cleaned_data
        return {
            "bucket": given["status_bucket"] or "pending",
            "tiers": [given["priority_tiers"]] if given["priority_tiers"] else None,
            "outcome": given["recommended_completion_outcome"] or None,
            "batch": given["batch_governance_event_id"],
            "limit": given["limit"] or reviews.LIMIT,
        }


class CompletionForm(forms.Form):
    """How a review is completed. One form for the three outcomes: what one does not need is not
    shown, and empty."""

    review_outcome = forms.ChoiceField(choices=Outcome.choices, widget=forms.HiddenInput)
    updated_title = forms.CharField(label=_("Title"), max_length=TITLE_AT_MOST, required=False)
    updated_content = forms.CharField(
        label=_("Text"),
        max_length=CONTENT_AT_MOST,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 20, "class": "mono", "spellcheck": "true"}),
        help_text=_("Markdown. Unchanged text is fine: you confirm that it is still right."),
    )
    superseded_by_entry_id = forms.CharField(max_length=64, required=False)
    superseded_by_id = forms.CharField(
        label=_("Or its id"),
        max_length=255,
        required=False,
        help_text=_("The id, or the address of its page."),
    )
    owner = _owner(required=False)
    owner_note = forms.CharField(
        label=_("Note"),
        max_length=complete_review.NOTE_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    owner_approved = forms.BooleanField(required=False)
    dry_run_plan_fingerprint = forms.CharField(
        max_length=FINGERPRINT, required=False, widget=forms.HiddenInput
    )

    def clean_updated_content(self) -> str:
        """Answer the text with the line ends that it is kept with."""
        return self.cleaned_data["updated_content"].replace("\r\n", "\n").replace("\r", "\n")

    def clean_superseded_by_entry_id(self) -> UUID | None:
        """Answer the entry that was chosen."""
        return _uuid(self.cleaned_data["superseded_by_entry_id"])

    def clean_superseded_by_id(self) -> UUID | None:
        """Answer the entry that was typed: an id or the address of a page."""
        typed = self.cleaned_data["superseded_by_id"].split("?")[0].strip().rstrip("/")
        return _uuid(typed.rpartition("/")[2])

    def wish(self, dispatch_id: UUID) -> Wish:
        """Answer what the action takes: of what was typed, what belongs to the outcome."""
        given, outcome = self.cleaned_data, self.cleaned_data["review_outcome"]
        is_refresh, is_supersede = outcome == Outcome.REFRESH, outcome == Outcome.SUPERSEDE
        other = given["superseded_by_id"] or given["superseded_by_entry_id"]
        return Wish(
            outcome=outcome,
            owner=given["owner"],
            note=given["owner_note"].replace("\r\n", "\n"),
            title=given["updated_title"] if is_refresh else None,
            content=given["updated_content"] if is_refresh else None,
            superseded_by=other if is_supersede else None,
            dispatch_id=dispatch_id,
        )


class UuidListField(forms.Field):
    """One to a hundred ids, as check boxes send them."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[UUID]:
        """Answer the ids; raises ValidationError for what is none, for none and for too many."""
        given = [text for text in value or [] if text]
        if not given:
            raise ValidationError(_("Choose at least one duplicate."))
        if len(given) > ARCHIVED_MOST:
            raise ValidationError(_("At most 100 at a time."))
        return [_uuid(text) for text in given]


class DedupeForm(forms.Form):
    """Which drafts of an event are archived, and by whose decision."""

    canonical_entry_id = forms.UUIDField(widget=forms.HiddenInput)
    duplicate_entry_ids = UuidListField()
    owner = _owner()
    owner_approved = forms.BooleanField(required=False)
    dry_run_plan_fingerprint = forms.CharField(
        max_length=FINGERPRINT, required=False, widget=forms.HiddenInput
    )


def _uuid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise ValidationError(_("This is no id of an entry.")) from None
