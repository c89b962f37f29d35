"""The places of this room in the console's navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from awooop import navigation


def register() -> None:
    """Register them; called once, when the app is ready."""
    navigation.add("knowledge", _("Knowledge"), 40)
