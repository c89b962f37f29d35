"""What the home page says in words: four answers, and whether it is better than a week ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awooop import clock
from awooop.templatetags.ui import number
from governance.selectors.overview import OpenEvents, SloStates
from runs.selectors.home import Cluster
from runs.selectors.home_numbers import Numbers, share

# Too little happened to speak of better or worse.
FEW = 5
Measured = tuple[Any, int]


@dataclass(frozen=True)
class Answer:
    """A question of the page with its answer: a word, why, how grave, and where to look.

    No `value` is no data, which is neither good nor bad.
    """

    question: str
    icon: str
    value: str
    note: str
    tone: str
    href: str


def broken(cluster: Cluster, standing: Mapping[str, Any], href: str) -> Answer:
    """Is anything broken now: the background work, grave incidents, silent runs, late messages."""
    grave, causes = _causes(cluster, standing)
    return Answer(
        question=_("Is anything broken?"),
        icon="incident",
        value=_("Yes") if causes else _("No"),
        note=" · ".join(causes)
        or _("no critical incident, no silent or unclaimed run, no late message"),
        tone=("bad" if grave else "warn") if causes else "ok",
        href=href,
    )


def _causes(cluster: Cluster, standing: Mapping[str, Any]) -> tuple[bool, list[str]]:
    critical = standing["critical"]
    is_full = not standing["has_disk_room"]
    grave = bool(is_full or cluster.is_quiet or cluster.failing or critical or clock.behind())
    counted = (
        (critical, ngettext("%(n)s critical incident", "%(n)s critical incidents", critical)),
        (
            standing["silent_runs"],
            ngettext("%(n)s silent run", "%(n)s silent runs", standing["silent_runs"]),
        ),
        (
            standing["unclaimed_runs"],
            ngettext("%(n)s unclaimed run", "%(n)s unclaimed runs", standing["unclaimed_runs"]),
        ),
        (
            standing["late_messages"],
            ngettext("%(n)s late message", "%(n)s late messages", standing["late_messages"]),
        ),
    )
    causes = [_("the database's disk is full: nothing can be written")] if is_full else []
    causes += [_("this machine's clock is wrong")] if clock.behind() else []
    causes += [_("the background cluster is quiet")] if cluster.is_quiet else []
    causes += [_("a background task fails")] if cluster.failing else []
    causes += [words % {"n": number(count)} for count, words in counted if count]
    return grave, causes


def trusted(events: OpenEvents, slos: SloStates, href: str) -> Answer:
    """Can the agents be trusted: the SLOs that are met, and what the self-checks found."""
    met, violated = slos.counts["ok"], slos.counts["violated"]
    value = ""
    if slos.is_known:
        value = _("%(met)s of %(all)s SLOs met") % {
            "met": number(met),
            "all": number(met + violated),
        }
    return Answer(
        question=_("Can the agents be trusted?"),
        icon="shield",
        value=value,
        note=_found(events, slos),
        tone=_trust_tone(events, slos),
        href=href,
    )


def _found(events: OpenEvents, slos: SloStates) -> str:
    said = [_("the SLOs were not checked for over two hours")] if slos.is_stale else []
    open_events = ngettext(
        "%(n)s governance event is open", "%(n)s governance events are open", events.total
    )
    said.append(
        open_events % {"n": number(events.total)}
        if events.total
        else _("no governance event is open")
    )
    return " · ".join(said)


def _trust_tone(events: OpenEvents, slos: SloStates) -> str:
    if events.counts["critical"] or slos.counts["violated"]:
        return "bad"
    if events.counts["warning"] or slos.is_stale:
        return "warn"
    return "ok" if slos.is_known else ""


def trend(rows: Sequence[Mapping[str, Any]]) -> Answer:
    """Is it better than last week: how many measures are, and which are worse."""
    happened = [row for row in rows if row["now"] or row["before"]]
    better, worse, same = (
        [row["label"] for row in happened if row["is"] == verdict]
        for verdict in ("better", "worse", "same")
    )
    value, note, tone = "", _("too few to compare"), ""
    if better or worse or same:
        facts = {"better": number(len(better)), "worse": number(len(worse))}
        value = _("%(better)s better, %(worse)s worse") % facts
        note = _("worse: %(what)s") % {"what": ", ".join(worse)} if worse else _("nothing is worse")
        tone = ("warn" if len(worse) <= len(better) else "bad") if worse else "ok"
        if not better and not worse:
            value = _("The same")
    return Answer(_("Better than last week?"), "chart", value, note, tone, "#compared")


def comparison(
    day: Numbers, week_ago: Numbers, slos: SloStates | None = None
) -> list[dict[str, Any]]:
    """Answer the last 24 hours against the same a week ago, with a word for the direction."""
    rows = [
        _compared(label(), kind, less_is_better, measure(day), measure(week_ago))
        for label, kind, less_is_better, measure in _MEASURES
    ]
    if slos is not None:
        now, then = _met(slos.counts), _met(slos.week_ago)
        rows.append(_compared(_("SLOs that are met"), "percent", False, now, then))
    return rows


def _compared(
    label: str, kind: str, less_is_better: bool | None, now: Measured, then: Measured
) -> dict[str, Any]:
    (here, here_of), (there, there_of) = now, then
    enough = min(here_of, there_of) >= FEW
    verdict = _verdict(here, there, less_is_better) if enough else "unknown"
    return {"label": label, "kind": kind, "now": here, "before": there, "is": verdict}


def _verdict(here: Any, there: Any, less_is_better: bool | None) -> str:
    if here is None or there is None:
        return "unknown"
    here, there = float(here), float(there)
    if abs(here - there) <= 0.05 * max(abs(here), abs(there)):  # within 5 %: no news
        return "same"
    if less_is_better is None:  # more of it is neither good nor bad
        return "fewer" if here < there else "more"
    return "better" if (here < there) == less_is_better else "worse"


def _met(counts: Mapping[str, int]) -> Measured:
    """One SLO that has a number is enough: it was worked out of many rows."""
    known = counts["ok"] + counts["violated"]
    return share(counts["ok"], known), FEW if known else 0


def _ended(numbers: Numbers) -> int:
    return numbers["completed"] + numbers["failed"] + numbers["timed_out"]


def _decided(numbers: Numbers) -> int:
    return numbers["approved"] + numbers["rejected"]


def _count(numbers: Numbers, count: int) -> Measured:
    """A count is compared as it is, unless nothing at all happened: then nobody was there yet."""
    happened = any(numbers.get(name) for name in ("runs", "incidents", "asked"))
    return count, FEW if happened else 0


def _share(part: int, whole: int) -> Measured:
    return share(part, whole), whole


# label, how the value is shown, whether less is better, the value and out of how many it was drawn
_MEASURES = (
    (
        lambda: _("Runs that failed or timed out"),
        "percent",
        True,
        lambda n: _share(n["failed"] + n["timed_out"], _ended(n)),
    ),
    (
        lambda: _("Incidents repaired by agents"),
        "percent",
        False,
        lambda n: _share(n["auto_repaired"], n["incidents"]),
    ),
    (
        lambda: _("Approvals that expired undecided"),
        "percent",
        True,
        lambda n: _share(n["expired"], _decided(n) + n["expired"]),
    ),
    (
        lambda: _("Median time to a decision"),
        "seconds",
        True,
        lambda n: (n["decision_seconds"], _decided(n)),
    ),
    (
        lambda: _("Repairs that succeeded"),
        "percent",
        False,
        lambda n: _share(n["succeeded"], n["executions"]),
    ),
    (lambda: _("Incidents opened"), "number", True, lambda n: _count(n, n["incidents"])),
    (lambda: _("Decisions"), "number", None, lambda n: _count(n, _decided(n))),
)


def waiting(standing: Mapping[str, Any], most: int, href: str) -> Answer:
    """What needs me: the decisions that wait; `note` is left to the page, which counts down."""
    count = standing["waiting"]
    words = ngettext("%(n)s decision", "%(n)s decisions", count)
    shown = f"{number(count)}{'+' if count >= most else ''}"
    return Answer(
        question=_("What needs me?"),
        icon="approval",
        value=words % {"n": shown},
        note="",
        tone="warn" if count else "ok",
        href=href,
    )


def of_page(context: Mapping[str, Any], *, most: int, query: str) -> list[Answer]:
    """Answer the four questions of the page, from what was read for it."""
    governance = f"{reverse('governance')}{query or '?'}{'&' if query else ''}tab=slo"
    return [
        waiting(context["standing"], most, f"{reverse('approvals')}{query}"),
        broken(context["cluster"], context["standing"], f"{reverse('incidents')}{query}"),
        trusted(context["open_events"], context["slos"], governance),
        trend(context["comparison"]),
    ]
