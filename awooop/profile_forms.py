"""The forms of a person's own page."""

from __future__ import annotations

import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _

from awooop.models import User


def _zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(zoneinfo.available_timezones())]


class PreferencesForm(forms.Form):
    """How pages are shown to a person."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=User._meta.get_field("language").choices,
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones)
