"""The rows of a table, drawn in Python: a list has hundreds of cells, and the template engine would
look up each name of each of them again.

Escaping is certain: what a cell answers is escaped, but for what `format_html` or a tag of
`awooop.templatetags.ui` made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from awooop import paths
from awooop.markup import format_html
from awooop.templatetags import ui

DASH = SafeString('<span class="muted">–</span>')


@dataclass(frozen=True)
class Cell:
    """A column: `key` is what a reader hides it by (the first has none), `css` its classes."""

    key: str
    label: str | Promise
    draw: Callable[[Any, Shown], object]
    css: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """The columns of a list, and how the rows' ids begin: `run-` and what `ident` answers."""

    name: str
    ident: Callable[[Any], object]
    cells: tuple[Cell, ...]

    def head(self, shown: Shown) -> SafeString:
        """Draw the headings of the columns that are shown."""
        return SafeString(
            "".join(
                format_html('<th class="num">{}</th>' if cell.is_number else "<th>{}</th>", said)
                for cell, said in ((cell, str(cell.label)) for cell in self._seen(shown))
            )
        )

    def rows(self, shown: Shown, rows: Iterable[Any]) -> SafeString:
        """Draw the rows."""
        cells = [(_opening(cell), cell.draw) for cell in self._seen(shown)]
        parts: list[str] = []
        for row in rows:
            ident = conditional_escape(self.ident(row))
            parts.append(f'<tr data-row-link data-key-item id="{self.name}-{ident}">')
            for opening, draw in cells:
                parts += (opening, conditional_escape(draw(row, shown)), "</td>")
            parts.append("</tr>\n")
        return SafeString("".join(parts))

    def _seen(self, shown: Shown) -> Sequence[Cell]:
        return [cell for cell in self.cells if not cell.key or shown.has(cell.key)]


@dataclass
class Shown:
    """What a request shows of a list: its columns, and what is made once for many rows."""

    request: HttpRequest
    columns: Mapping[str, bool]
    projects: int = 1
    _links: dict[tuple[str, object], str] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        """Whether a column is shown; the project only to those who see more than one."""
        if key == "project" and self.projects < 2:
            return False
        try:
            return self.columns[key]
        except KeyError:
            return False

    def link(self, name: str, value: object) -> SafeString:
        """Answer a link to this list narrowed by one value, with the value as its words."""
        if (name, value) not in self._links:
            address = ui.url_with({"request": self.request}, **{name: value})
            self._links[name, value] = format_html('<a href="{}">{}</a>', address, value)
        return self._links[name, value]


def opened(name: str, ident: object, words: object, *, css: str = "row-link mono") -> SafeString:
    """Answer the link that opens a row's page."""
    return format_html(
        '<a class="{}" id="open-{}" href="{}">{}</a>', css, ident, paths.path(name, ident), words
    )


def below(words: object, css: str = "") -> SafeString:
    """Answer the words that stand small below a cell's own; nothing where there are none."""
    if not words:
        return SafeString("")
    return format_html('<span class="cell-sub{}">{}</span>', f" {css}" if css else "", words)


def _opening(cell: Cell) -> str:
    css = " ".join(filter(None, ["num" if cell.is_number else "", cell.css]))
    return format_html(
        '<td{} data-label="{}">', format_html(' class="{}"', css) if css else "", str(cell.label)
    )
