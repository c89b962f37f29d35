"""Texts as words: identifiers taken apart, Chinese as pairs of characters, English by its stems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from django.db import connection

WORD_AT_MOST = 40
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(rf"[{_CJK}]+|[^\W{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
# NodeRAIDDegraded: Node, RAID, Degraded; disk_io_time2: disk, io, time, 2
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\dA-Za-z_]+")
_STEMMED = re.compile(r"[a-z]{2,}")
# One letter, or a number under 100, is nearly everywhere and says nearly nothing.
_SLIGHT = re.compile(r"[a-z]|[0-9]{1,2}")


def runs(text: str) -> Iterator[re.Match[str]]:
    """Answer the stretches of a text that are words: of Chinese characters, or of other letters."""
    return _RUN.finditer(text)


def words_of(text: str) -> Iterator[str]:
    """Answer the words of a text in lower case; an identifier gives itself and its parts."""
    for match in _RUN.finditer(text):
        yield from words_of_run(match[0])


@lru_cache(maxsize=20_000)
def words_of_run(run: str) -> tuple[str, ...]:
    """Answer the words of one stretch; `KubePodDown`: kubepoddown, kube, pod, down."""
    if is_chinese(run):
        return (run,) if len(run) == 1 else tuple(run[at : at + 2] for at in range(len(run) - 1))
    parts = _PART.findall(run)
    whole = run.replace("_", "").lower()
    found = [part.lower() for part in parts] if len(parts) > 1 else []
    return tuple(word for word in [whole, *found] if 0 < len(word) <= WORD_AT_MOST)


def is_chinese(text: str) -> bool:
    """Whether a stretch is of Chinese (or Japanese, Korean) characters."""
    return _IS_CJK.match(text) is not None


def is_spelled(word: str) -> bool:
    """Whether misspellings of a word are looked for: four English letters or more."""
    return len(word) >= 4 and word.isascii() and word.isalpha()


def stems(words: Iterable[str]) -> dict[str, str]:
    """Answer the term that each word stands for in the index; stop words (`the`, `3`) have none.

    One statement, whose dictionary is PostgreSQL's own.
    """
    unique = [word for word in dict.fromkeys(words) if not _SLIGHT.fullmatch(word)]
    english = [word for word in unique if _STEMMED.fullmatch(word)]
    found = {word: word for word in unique if not _STEMMED.fullmatch(word)}
    if english:
        with connection.cursor() as cursor:
            cursor.execute(
                "select word, (ts_lexize('pg_catalog.english_stem', word))[1] "
                "from unnest(%s::text[]) as word",
                [english],
            )
            found |= {word: stem for word, stem in cursor.fetchall() if stem}
    return found


def last_run(text: str) -> str | None:
    """Answer the word at the very end of a text, which may not be finished; None after a space."""
    found = list(_RUN.finditer(text))
    if not found or found[-1].end() != len(text):
        return None
    last = found[-1][0]
    if is_chinese(last):
        return last if len(last) == 1 else None
    return last.replace("_", "").lower()
