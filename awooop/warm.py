"""What a process loads before its first request or task, and then leaves alone."""

from __future__ import annotations

import gc
import sys

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver

# A request gives up the interpreter at each of its statements and waits so long to have it back
# from a thread that fills a page. Python's own 5 ms made a verdict of ten statements wait for 50.
SWITCH_S = 0.001


def up() -> None:
    """Load every address and page, then take all that is loaded out of the garbage collector.

    None of it is ever garbage, and a full collection walked over half a million objects of it: a
    request in ten waited 130 ms for that.
    """
    for name in page_names():
        get_template(name)
    share()
    sys.setswitchinterval(SWITCH_S)


def share() -> None:
    """Load every address, then take all that is loaded out of the garbage collector: processes
    that are forked from this one share it, for as long as nobody writes to it."""
    get_resolver().url_patterns  # noqa: B018 - imports every view
    gc.collect()
    gc.freeze()


def page_names() -> list[str]:
    """Answer the names of our own templates."""
    root = settings.BASE_DIR / "templates"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.html"))
