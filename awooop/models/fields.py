"""Fields and constraints that several tables share."""

from __future__ import annotations

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def choices_constraint(field: str, choices: type[models.TextChoices], name: str):
    """Answer a check constraint that holds `field` to its choices in the database, too."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def validate_time_zone(name: str) -> None:
    """Raise ValidationError for a zone that nobody knows: reports and pages reckon in it."""
    if name not in _time_zones():
        raise ValidationError(_("Must be an IANA time zone, such as Asia/Taipei."))


LINES_AT_MOST, LINE_AT_MOST = 12, 80


def lines_of(text: str) -> list[str]:
    """Answer the lines of a text that say something, each without what surrounds it."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def validate_lines(text: str) -> None:
    """Raise ValidationError for more than 12 lines, for one of more than 80 characters, and for one
    that stands there twice."""
    lines = lines_of(text)
    if text and not lines:
        raise ValidationError(_("Must have at least one line that says something."))
    if len(lines) > LINES_AT_MOST:
        raise ValidationError(_("Must have at most %(n)d lines.") % {"n": LINES_AT_MOST})
    if any(len(line) > LINE_AT_MOST for line in lines):
        raise ValidationError(
            _("Each line must have at most %(n)d characters.") % {"n": LINE_AT_MOST}
        )
    if len(set(lines)) < len(lines):
        raise ValidationError(_("A line stands there twice."))


@cache
def _time_zones() -> frozenset[str]:
    """Answer the zones that this machine knows (asking opens some 600 files)."""
    return frozenset(zoneinfo.available_timezones())


def project_key(related_name: str = "+") -> models.ForeignKey:
    """Answer the foreign key that ties a row to its project (and to its policy)."""
    return models.ForeignKey(
        "awooop.Project", on_delete=models.PROTECT, related_name=related_name, db_index=False
    )
