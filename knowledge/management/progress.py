"""A progress bar for people at a terminal; nothing where nobody looks."""

from __future__ import annotations

from django.core.management.base import OutputWrapper

WIDTH = 30


class Bar:
    """Draws itself anew on each percent."""

    def __init__(self, out: OutputWrapper, what: str) -> None:
        self.out, self.what = out, what
        self.is_shown = out.isatty()
        self.percent = -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 if total <= 0 else min(100, done * 100 // total)
        if not self.is_shown or percent == self.percent:
            return
        self.percent = percent
        full = percent * WIDTH // 100
        bar = "█" * full + "░" * (WIDTH - full)
        end = "\n" if percent == 100 else ""
        text = f"\r{self.what} {bar} {percent:3d} % ({done}/{total}){end}"
        self.out.write(text, style_func=str, ending="")
        self.out.flush()
