"""The language where no page asks for one: of messages to a chat, of sentences that are kept."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext, to_locale

from awooop.models import Project

P = ParamSpec("P")
R = TypeVar("R")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[\d.]*[sdf]")
_LEAST = 8  # letters that a sentence shares with its pattern; fewer say too little to be sure


def of_messages(project: Project) -> str:
    """Answer the language of a project's messages: its own, else the installation's.

    Whoever caused the message: an agent by the API, a task, a person whose pages are in another.
    """
    return project.message_language or settings.CONFIG.channel_language


def of_projects(project_ids: Iterable[str]) -> dict[str, str]:
    """Answer `of_messages` of each of these projects; one statement."""
    found = Project.objects.filter(pk__in=list(project_ids)).only("message_language")
    return {project.pk: of_messages(project) for project in found}


def kept_in_english(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function word what it stores in English, whoever asked; pages show it `retold`."""

    @wraps(function)
    def worded(*args: P.args, **kwargs: P.kwargs) -> R:
        with translation.override("en"):
            return function(*args, **kwargs)

    return worded


def remember(response: HttpResponseBase, language: str) -> HttpResponseBase:
    """Have this browser ask for a language from now on; '' for what its own settings say."""
    name = settings.LANGUAGE_COOKIE_NAME
    if not language:
        response.delete_cookie(name, samesite="Lax")
        return response
    response.set_cookie(
        name,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def retold(text: str) -> str:
    """Say a sentence that the product stored in English in the reader's language.

    What is no sentence of the catalogue, such as what a person or an agent wrote, stays as it is.
    """
    language = translation.get_language()
    if not text or not language or language.startswith("en"):
        return text
    return _retold(str(text), to_locale(language))


@lru_cache(4_096)
def _retold(text: str, locale: str) -> str:
    if (whole := gettext(text)) != text:
        return whole
    for pattern, translated in _patterns(locale):
        if found := pattern.fullmatch(text):
            return _filled(translated, found.groupdict())
    return text


def _filled(text: str, values: dict[str, str]) -> str:
    told = {name: gettext(value) if value else "" for name, value in values.items()}
    return _PLACEHOLDER.sub(lambda each: told[each[1]], text).replace("%%", "%")


@cache
def _patterns(locale: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Answer each English form of the catalogue that fills something in, the tellingest first."""
    found = []
    for folder in settings.LOCALE_PATHS:
        compiled = Path(folder) / locale / "LC_MESSAGES" / "django.mo"
        for source, translated in _entries(compiled.read_bytes()):
            letters = len(re.sub(r"\W", "", _PLACEHOLDER.sub("", source)))
            if "%(" in source and letters >= _LEAST:
                found.append((letters, _pattern(source), translated))
    found.sort(key=lambda each: -each[0])
    return tuple(each[1:] for each in found)


def _entries(compiled: bytes) -> list[tuple[str, str]]:
    """Read a .mo: unlike the standard library's reader, with the plurals' own English forms."""
    _magic, _revision, count, sources, texts = struct.unpack("<5I", compiled[:20])
    found = []
    for index in range(count):
        source, text = (
            compiled[at : at + length].decode()
            for length, at in (
                struct.unpack_from("<2I", compiled, table + 8 * index) for table in (sources, texts)
            )
        )
        forms = source.rpartition("\x04")[2].split("\0")
        found += [(form, text.split("\0")[0]) for form in forms if form]
    return found


def _pattern(source: str) -> re.Pattern[str]:
    parts, seen, end = [], set(), 0
    for each in _PLACEHOLDER.finditer(source):
        parts.append(re.escape(source[end : each.start()].replace("%%", "%")))
        name = each[1]
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        seen.add(name)
        end = each.end()
    parts.append(re.escape(source[end:].replace("%%", "%")))
    return re.compile("".join(parts), re.DOTALL)
