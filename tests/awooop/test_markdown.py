"""What an entry says can be read, and can do nothing."""

from __future__ import annotations

import re

import pytest

from awooop import markdown

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='https://evil.example'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "![x](https://evil.example/pixel.png)",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://ok.example "\\" onmouseover=alert(1) \\"")',
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```" onload=alert(1)\nx\n```',
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><input name=x></form>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<div style='position:fixed'>x</div>",
    "<math><mtext></mtext><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "<x hx-get=/logout hx-trigger=load>",
]
_TAG = re.compile(r"<\s*/?\s*([a-zA-Z][\w-]*)([^>]*)>")
_HARMLESS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_only_harmless_tags_and_addresses_come_through(attack):
    html = markdown.render(attack)
    for name, attributes in _TAG.findall(html):
        assert name in _HARMLESS
        said = re.findall(r'([\w-]+)="([^"]*)"', attributes)
        assert {key for key, _ in said} <= {"href", "title", "rel", "start"}
        assert re.sub(r'[\w-]+="[^"]*"', "", attributes).strip() == ""
        for key, value in said:
            if key == "href":
                assert value.startswith(("https://", "http://", "mailto:"))


def test_links_stay_links_and_tell_their_target_nothing():
    html = markdown.render(
        "[docs](https://example.org/a?b=c) <https://example.org> [x](mailto:a@b.c)"
    )
    assert 'href="https://example.org/a?b=c" rel="noopener noreferrer nofollow"' in html
    assert html.count("<a ") == 3


def test_a_relative_link_is_left_as_words():
    assert (
        markdown.render("[next](../other.md)")
        == '<p><a rel="noopener noreferrer nofollow">next</a></p>\n'
    )


def test_a_picture_becomes_a_link():
    html = markdown.render("![A graph](https://example.org/g.png)")
    assert "<img" not in html
    assert ">A graph</a>" in html


def test_what_people_write_is_shown():
    html = markdown.render(
        "# One\n\n- a\n- b\n\n```sh\nkubectl get pods\n```\n\n"
        "| a | b |\n|--|--|\n| 1 | 2 |\n\n~~no~~ **yes** 中文"
    )
    for piece in ("<h2>One</h2>", "<li>a</li>", "kubectl get pods", "<td>2</td>", "<s>no</s>"):
        assert piece in html
    assert "<strong>yes</strong> 中文" in html


@pytest.mark.parametrize("deep", ["> " * 5_000 + "x", "[" * 20_000, "*a " * 20_000, "- " * 2_000])
def test_a_text_made_to_be_slow_is_answered(deep):
    assert markdown.render(deep)
