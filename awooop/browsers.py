"""What a User-Agent header says in two words, for who looks for a session not their own."""

from __future__ import annotations

# The first that is found names it: what comes later is also claimed by what comes before.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
             ("Safari/", "Safari"), ("curl/", "curl"), ("python", "Python"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Macintosh", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def described(agent: str) -> str:
    """Answer such as `Firefox · Linux`; '' where the header says nothing known."""
    found = (_first(agent, _BROWSERS), _first(agent, _SYSTEMS))
    return " · ".join(word for word in found if word)


def _first(agent: str, table: tuple[tuple[str, str], ...]) -> str:
    return next((word for mark, word in table if mark in agent), "")
