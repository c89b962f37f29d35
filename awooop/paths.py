"""Addresses of pages, made from each pattern once: a list has hundreds of them."""

from __future__ import annotations

import re
from functools import cache
from uuid import UUID

from django.conf import settings
from django.urls import NoReverseMatch, reverse

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")  # means the same in an address, and in any pattern of text
_PLACE, _PLACE_OF_UUID = "a-place", UUID(int=0xA << 124 | 1)


def path(name: str, *given: object) -> str:
    """Answer the path of a page, as `reverse` does; raises NoReverseMatch."""
    if not given:
        return _fixed(settings.ROOT_URLCONF, name)
    if len(given) == 1 and (text := _plain(given[0])) is not None:
        ends = _ends(settings.ROOT_URLCONF, name, isinstance(given[0], UUID))
        if ends is not None:
            return f"{ends[0]}{text}{ends[1]}"
    return reverse(name, args=given)


def _plain(value: object) -> str | None:
    if isinstance(value, UUID):
        return str(value)
    return str(value) if isinstance(value, str) and _PLAIN.fullmatch(value) else None


@cache
def _fixed(urlconf: str, name: str) -> str:
    return reverse(name)


@cache
def _ends(urlconf: str, name: str, is_uuid: bool) -> tuple[str, str] | None:
    """Answer what stands before and after the one part; None where it is no such pattern."""
    place = _PLACE_OF_UUID if is_uuid else _PLACE
    try:
        before, *after = reverse(name, args=[place]).split(str(place))
    except NoReverseMatch:
        return None
    return (before, after[0]) if len(after) == 1 else None
