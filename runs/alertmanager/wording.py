"""From an alert's labels and annotations to our words: title, severity, runbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

TITLE_LENGTH = 255

CRITICAL, WARNING, INFO = "critical", "warning", "info"
_RANK = {CRITICAL: 0, WARNING: 1, INFO: 2}

_SPELLINGS = {
    CRITICAL: (
        "critical crit fatal emergency emerg panic disaster page pager blocker urgent severe major"
        " high highest very-high p0 p1 sev0 sev1 sev-0 sev-1 s0 s1 0 1"
    ),
    WARNING: (
        "warning warn error err medium average moderate minor ticket alert"
        " p2 p3 sev2 sev3 sev-2 sev-3 s2 s3 2 3"
    ),
    INFO: (
        "info informational information notice none ok debug trivial low lowest"
        " p4 p5 sev4 sev5 sev-4 sev-5 s4 s5 4 5"
    ),
}
_SEVERITIES = {word: ours for ours, words in _SPELLINGS.items() for word in words.split()}
_SEVERITY_LABELS = ("severity", "priority", "level")
_SUMMARIES = ("summary", "title", "message", "description")
_RUNBOOKS = frozenset({"runbookurl", "runbook", "runbooklink"})
_MAX_URL = 2000
_URL = re.compile(r"https?://[^\s<>\"]+")


def severity(labels: Mapping[str, str]) -> str:
    """Answer `critical`, `warning` or `info` from the labels; `warning` where they do not say."""
    known = {name.lower(): value.strip().lower() for name, value in labels.items()}
    for name in _SEVERITY_LABELS:
        if known.get(name) in _SEVERITIES:
            return _SEVERITIES[known[name]]
    return WARNING


def worst(severities: Iterable[str]) -> str:
    """Answer the most serious of some severities; `warning` for none."""
    return min(severities, key=_RANK.__getitem__, default=WARNING)


def summary(annotations: Mapping[str, str]) -> str:
    """Answer what the annotations say in one line, or an empty string."""
    return next((line for name in _SUMMARIES if (line := one_line(annotations.get(name, "")))), "")


def title(labels: Mapping[str, str], said: str, others: int = 0) -> str:
    """Answer `alertname: summary (and N more)` in at most 255 characters, from what there is."""
    name = one_line(labels.get("alertname", ""))
    if name and said and not said.startswith(name):
        head = f"{name}: {said}"
    else:
        head = said or name or _labels_in_words(labels) or "Alert without a name"
    tail = f" (and {others} more)" if others > 0 else ""
    return shorten(head, TITLE_LENGTH - len(tail)) + tail


def runbook_url(*sources: Mapping[str, str]) -> str:
    """Answer the first http(s) address given as a runbook in annotations or labels, or ''."""
    for source in sources:
        for name, value in source.items():
            if name.lower().replace("_", "").replace("-", "") in _RUNBOOKS:
                url = value.strip()
                if len(url) <= _MAX_URL and _URL.fullmatch(url):
                    return url
    return ""


def one_line(text: str) -> str:
    """Answer `text` with every run of white space as one space, at most four titles long."""
    return " ".join(text[: 4 * TITLE_LENGTH].split())


def shorten(text: str, length: int) -> str:
    """Answer `text` in at most `length` characters, with an ellipsis where it was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _labels_in_words(labels: Mapping[str, str]) -> str:
    return one_line(", ".join(f"{name}={value}" for name, value in sorted(labels.items())))
