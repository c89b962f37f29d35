"""Fields and constraints that several tables share."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


def choices_constraint(field: str, choices: type[models.TextChoices], name: str):
    """Answer a check constraint that holds `field` to its choices in the database, too."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def project_key(related_name: str = "+") -> models.ForeignKey:
    """Answer the foreign key that ties a row to its project (and to its policy)."""
    return models.ForeignKey(
        "awooop.Project", on_delete=models.PROTECT, related_name=related_name, db_index=False
    )
