"""What an entry is found by, and how much each term counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from knowledge import incident_text
from knowledge.models import KnowledgeEntry
from knowledge.search import words

TERMS_AT_MOST = 600
TAG = "#"
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*)$", re.MULTILINE)
_TYPICAL_LENGTH = 300
_TITLE, _ALERT, _LABEL, _HEADED, _BODY = 800, 1200, 400, 250, 300


@dataclass
class Document:
    """An entry's words with their weights; stems are put in for all documents at once."""

    entry: KnowledgeEntry
    fixed: Counter[str] = field(default_factory=Counter)
    body: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, entry: KnowledgeEntry) -> Document:
        """Take an entry apart."""
        document = cls(entry)
        passed_over = _said_of_each() if _is_machine_made(entry) else frozenset()
        document.body = Counter(words.words_of(entry.content))
        for word in document.body.keys() & passed_over:
            del document.body[word]
        for text, weight, without in (
            (entry.title, _TITLE, frozenset()),
            (entry.alertname, _ALERT, frozenset()),
            (f"{entry.category} {' '.join(entry.tags)}", _LABEL, frozenset()),
            (" ".join(_HEADING.findall(entry.content)), _HEADED, passed_over),
        ):
            for word in set(words.words_of(text)) - without:
                document.fixed[word] += weight
        return document

    def vocabulary(self) -> set[str]:
        """Answer all its words."""
        return self.fixed.keys() | self.body.keys()

    def weights(self, stems: dict[str, str]) -> list[tuple[str, int]]:
        """Answer its heaviest terms; a word that comes often counts more, but ever less so."""
        fixed: Counter[str] = Counter()
        often: Counter[str] = Counter()
        for word, weight in self.fixed.items():
            if word in stems:
                fixed[stems[word]] = max(fixed[stems[word]], weight)
        for word, count in self.body.items():
            if word in stems:
                often[stems[word]] += count
        slow = 0.5 + self.body.total() / _TYPICAL_LENGTH
        for term, count in often.items():
            fixed[term] += max(1, round(_BODY * count / (count + slow)))
        tags = [(f"{TAG}{tag}", 0) for tag in self.entry.tags]
        return [*fixed.most_common(TERMS_AT_MOST), *tags]


def _is_machine_made(entry: KnowledgeEntry) -> bool:
    """Whether it is an incident's draft as it was made: nobody has written in it yet."""
    return entry.source == incident_text.SOURCE and entry.version == 1


@cache
def _said_of_each() -> frozenset[str]:
    return frozenset(words.words_of(incident_text.SAID_OF_EACH))


def of_entries(entries: Iterable[KnowledgeEntry]) -> Sequence[Document]:
    """Take several entries apart."""
    return [Document.of(entry) for entry in entries]
