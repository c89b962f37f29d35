"""What a list of entries may be narrowed by; one place for page and API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from awooop.errors import Invalid
from knowledge import policies
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry, SearchTerm
from knowledge.search.terms import TAG

ALL = "all"
Q_AT_MOST = 200
_ALLOWED = {"status": (*EntryStatus.values, ALL), "entry_type": tuple(EntryType.values)}
_AT_MOST = {"q": Q_AT_MOST, "category": 128, "tag": 64}
_BOOLEANS = {"": None, "true": True, "1": True, "on": True, "false": False, "0": False}


@dataclass(frozen=True)
class Filters:
    """Checked filters; without a status what is archived is left out (`all`: nothing is)."""

    q: str = ""
    status: str = ""
    entry_type: str = ""
    category: str = ""
    tag: str = ""
    stale: bool | None = None

    def narrowed(self) -> dict[str, Any]:
        """Answer the filters that are set, apart from the words."""
        given = asdict(self)
        return {
            name: value for name, value in given.items() if name != "q" and value not in ("", None)
        }

    def apply(self, projects: Sequence[str]) -> QuerySet[KnowledgeEntry]:
        """Answer the entries that pass all of them but the words, of any project."""
        rows = KnowledgeEntry.objects.all()
        if self.status and self.status != ALL:
            rows = rows.filter(status=self.status)
        elif not self.status:
            rows = rows.exclude(status=EntryStatus.ARCHIVED)
        if self.entry_type:
            rows = rows.filter(entry_type=self.entry_type)
        if self.category:
            rows = rows.filter(category=self.category)
        if self.tag:
            rows = rows.filter(entry_id__in=_tagged(self.tag, projects))
        return rows if self.stale is None else self._by_age(rows)

    def _by_age(self, rows: QuerySet[KnowledgeEntry]) -> QuerySet[KnowledgeEntry]:
        before = policies.stale_before()
        if self.stale:
            rows = rows.exclude(status=EntryStatus.ARCHIVED)
            return rows.filter(updated_at__lt=before)
        return rows.filter(updated_at__gte=before)


def parse(given: Mapping[str, Any]) -> Filters:
    """Check filters as they came from an address; raises Invalid naming each."""
    values = {name: str(given.get(name) or "").strip() for name in ("q", *_AT_MOST, *_ALLOWED)}
    errors = {
        name: f"may have at most {most} characters"
        for name, most in _AT_MOST.items()
        if len(values[name]) > most
    }
    for name, allowed in _ALLOWED.items():
        if values[name] and values[name] not in allowed:
            errors[name] = _("must be one of %(allowed)s") % {"allowed": ", ".join(allowed)}
    stale = str(given.get("stale") if given.get("stale") is not None else "").lower()
    if stale not in _BOOLEANS:
        errors["stale"] = _("must be true or false")
    if errors:
        raise Invalid(errors)
    # The space at the end says that the last word is finished.
    values["q"] = str(given.get("q") or "").lstrip()
    return Filters(**values, stale=_BOOLEANS[stale])


def _tagged(tag: str, projects: Sequence[str]) -> QuerySet[SearchTerm]:
    # Arrays have no index under row-level security; the index of terms has the tags as well.
    found = SearchTerm.objects.filter(term=f"{TAG}{tag}", project_id__in=list(projects))
    return found.values("entry_id")
