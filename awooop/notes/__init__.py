"""Notes beside runs, incidents and governance events: each room says what can be noted on."""

from awooop.notes.subjects import Subject, add, get, href

__all__ = ["Subject", "add", "get", "href"]
