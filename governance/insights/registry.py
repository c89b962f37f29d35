"""Who contributes charts: a function for each subject, which reads a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from awooop.errors import Invalid
from governance.insights.charts import Chart
from governance.insights.period import Period

Read = Callable[[Sequence[str], Period], list[Chart]]


@dataclass(frozen=True)
class Insight:
    """A subject: its place on the page (low first), and what reads its charts."""

    name: str
    order: int
    read: Read


_registered: dict[str, Insight] = {}


def insight(name: str, *, order: int) -> Callable[[Read], Read]:
    """Register a function that answers charts; raises ValueError for a second of the name."""

    def decorate(read: Read) -> Read:
        if name in _registered:
            raise ValueError(f"the insight {name} is registered already")
        _registered[name] = Insight(name, order, read)
        return read

    return decorate


def of(projects: Sequence[str], period: Period) -> list[Chart]:
    """Answer every chart of these projects together, over these days."""
    ordered = sorted(_registered.values(), key=lambda one: one.order)
    return [chart for one in ordered for chart in one.read(projects, period)]


def named(subject: str, projects: Sequence[str], period: Period) -> list[Chart]:
    """Answer the charts of one subject only, for a page where they belong; raises KeyError."""
    return _registered[subject].read(projects, period)


def only(charts: Sequence[Chart], name: str | None) -> list[Chart]:
    """Narrow charts to one by name; raises Invalid for a name that none has."""
    found = [chart for chart in charts if not name or chart.name == name]
    if not found and name:
        allowed = ", ".join(chart.name for chart in charts)
        raise Invalid({"chart": _("must be one of %(allowed)s") % {"allowed": allowed}})
    return found


def discover() -> None:
    """Import each app's `insights`, as the admin does with `admin`."""
    import governance.insights.own  # noqa: F401 - this room's charts; the registry has the name

    autodiscover_modules("insights")


@contextmanager
def insights_for_test(**reads: Read) -> Iterator[None]:
    """Have these subjects alone within the block."""
    before = dict(_registered)
    _registered.clear()
    try:
        for order, (name, read) in enumerate(reads.items()):
            insight(name, order=order)(read)
        yield
    finally:
        _registered.clear()
        _registered.update(before)
