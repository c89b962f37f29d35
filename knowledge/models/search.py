from __future__ import annotations

from django.db import models


def _project() -> models.ForeignKey:
    # The entry's own project is checked; checking it again for each of its words costs too much.
    return models.ForeignKey(
        "awooop.Project",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )


class SearchTerm(models.Model):
    """One term of one entry and how much it counts there: an inverted index as a table.

    Full-text operators are not leakproof, so row-level security keeps the planner from their
    indexes; equality of texts is, so this one is used (docs/adr/0003). Rows are written with the
    entry, in SQL; there is no foreign key, because checking it for each row would cost more than
    the rows.
    """

    pk = models.CompositePrimaryKey("entry_id", "term")
    entry_id = models.UUIDField()
    term = models.CharField(max_length=80, db_collation="C")
    project = _project()
    weight = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            # The heaviest entries of a term come first, so that a search reads a bounded part.
            models.Index(
                "project", "term", models.F("weight").desc(), "entry_id", name="knowledge_term"
            ),
        ]

    def __str__(self) -> str:
        return self.term


class SpellingVariant(models.Model):
    """A word of the project's knowledge with one letter left out (or none): how a misspelling finds
    it.

    Two words within one edit of each other share a variant. No unique constraint: writers that
    meet would wait for each other, and a second row of the same does no harm.
    """

    project = _project()
    variant = models.CharField(max_length=40, db_collation="C")
    word = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index("project", "variant", "word", name="knowledge_spelling")]

    def __str__(self) -> str:
        return self.word
