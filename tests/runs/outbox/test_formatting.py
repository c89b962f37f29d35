"""How texts look in Telegram: escaped, and cut without harm."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from runs.telegram import formatting

MORE = "Cut. All of it: https://console.example.org/awooop/outbox?message_id=1"


def shown(html: str) -> str:
    return unescape(re.sub(r"</?b>", "", html))


def test_what_looks_like_markup_is_shown_as_it_is():
    html = formatting.as_html("a <b> & c\n<script>", more=MORE)
    assert html == "<b>a &lt;b&gt; &amp; c</b>\n&lt;script&gt;"


def test_a_long_text_ends_at_a_line_with_a_link_to_the_rest():
    text = "\n".join(f"line {number}: {'x' * 40}" for number in range(200))
    found = shown(formatting.as_html(text, more=MORE))
    assert found.endswith(f"\n… {MORE}")
    kept = found.removesuffix(f"\n… {MORE}")
    assert text.startswith(f"{kept}\n")
    assert len(kept) > 3500


@given(st.text(alphabet="a<&>\n 👩\u200d💻e\u0301é漢", max_size=300), st.integers(100, 200))
def test_no_cut_is_too_long_or_falls_inside_an_entity(text, limit):
    html = formatting.as_html(text, more=MORE, limit=limit)
    assert formatting.units(shown(html)) <= limit
    assert not re.search(r"&(?!(?:lt|gt|amp);)", html)
    assert html.count("<b>") == html.count("</b>") == 1


def test_a_cut_parts_no_emoji():
    family = "👩\u200d💻"
    found = formatting.fitted(family * 100, more="m", limit=33)
    assert found.removesuffix("\n… m").replace(family, "") == ""


def test_length_is_counted_as_telegram_counts():
    assert formatting.fitted("😀" * 2048, more=MORE) == "😀" * 2048
    assert formatting.fitted("😀" * 2049, more=MORE).endswith(MORE)


def test_nothing_is_no_empty_message():
    assert formatting.as_html("  \n ", more=MORE) == "<b>–</b>"
