"""What an entry is found by, and how much each term counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

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
        for text, weight in (
            (entry.title, _TITLE),
            (entry.alertname, _ALERT),
            (f"{entry.category} {' '.join(entry.tags)}", _LABEL),
            (" ".join(_HEADING.findall(entry.content)), _HEADED),
        ):
            for word in set(words.words_of(text)):
                document.fixed[word] += weight
        document.body = Counter(words.words_of(entry.content))
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


def of_entries(entries: Iterable[KnowledgeEntry]) -> Sequence[Document]:
    """Take several entries apart."""
    return [Document.of(entry) for entry in entries]
