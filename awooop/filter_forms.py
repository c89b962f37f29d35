"""The form of a list's filters: what a filter may be, the list's selector says."""

from __future__ import annotations

from typing import Any

from django import forms

from awooop.errors import Invalid


class FilterForm(forms.Form):
    """Filters of a list, checked by its selector: `filters` is what `parse` made of them."""

    use_required_attribute = False
    filters: Any = None
    parse: Any = None

    def clean(self) -> dict[str, Any]:
        """Check what is typed."""
        try:
            self.filters = self.parse(self.cleaned_data)
        except Invalid as invalid:
            self.refuse(invalid)
        return self.cleaned_data

    def refuse(self, invalid: Invalid) -> None:
        """Show a refusal at the fields that it names; what has no field stands above."""
        for error in invalid.errors:
            known = error["field"] in self.fields
            said = error["message"] if known else f"{error['field']}: {error['message']}"
            self.add_error(error["field"] if known else None, said)
