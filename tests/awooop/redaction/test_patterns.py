"""However long and odd a text is, the patterns pass over it once."""

from __future__ import annotations

import re

import pytest

from awooop import redaction_patterns
from awooop.redaction import redact

try:
    from re import _parser as sre
except ImportError:  # Python 3.10 and older
    import sre_parse as sre

JUNK = [
    *(
        "a",
        "-",
        "\\",
        "1",
        "=",
        '"',
        "'",
        "{",
        "<",
        " ",
        "\n",
        "1:",
        "eyJ",
        "eyJ.",
        "%20eyJ",
        "sk-",
        "xox",
    ),
    *("token", "token:", "token:a ", "token: ` ", "token = {{", 'password="{{', '\\"token\\":\\"'),
    *(
        "authorization:",
        "authorization: digest $A ",
        "bearer a",
        "basic A",
        "--token ",
        "--token ) ",
    ),
    *(
        "://",
        "://a:",
        "://a:$b@",
        "curl ",
        "curl -u a:1 ",
        "<password>",
        "<password> ",
        "password:a ",
    ),
    *(
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n" + "A" * 20,
        "secret: |\n a",
        "123456:a",
    ),
]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_long_junk_is_only_passed_over(junk):
    # Anything worse than linear would not come back: a square of this is 10^11 steps.
    text = junk * (300_000 // len(junk))
    done = redact(text)
    assert done.count <= len(text) // len(junk) + 1
    assert len(done.text) <= len(text) + 24 * done.count


def patterns():
    return {
        name: value
        for name, value in vars(redaction_patterns).items()
        if isinstance(value, re.Pattern) and not name.startswith("_") and name != "PLACEHOLDER"
    }


def nested_repeats(parsed, inside=False):
    """Yield backtracking unbounded repeats that stand inside a backtracking unbounded repeat."""
    for op, args in parsed:
        name = str(op)
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            unbounded = args[1] == sre.MAXREPEAT
            if unbounded and inside:
                yield name
            yield from nested_repeats(args[2], inside or unbounded)
        elif name == "POSSESSIVE_REPEAT":
            yield from nested_repeats(args[2], inside=False)
        elif name == "ATOMIC_GROUP":
            yield from nested_repeats(args, inside=False)
        elif name == "SUBPATTERN":
            yield from nested_repeats(args[3], inside)
        elif name == "BRANCH":
            for branch in args[1]:
                yield from nested_repeats(branch, inside)
        elif name in {"ASSERT", "ASSERT_NOT"}:
            yield from nested_repeats(args[1], inside)


@pytest.mark.parametrize(("name", "pattern"), patterns().items(), ids=patterns())
def test_no_pattern_nests_repeats_that_can_give_back(name, pattern):
    assert list(nested_repeats(sre.parse(pattern.pattern, pattern.flags))) == []


def test_the_nesting_check_sees_what_it_looks_for():
    assert list(nested_repeats(sre.parse(r"(?:a+b?)+c"))) == ["MAX_REPEAT"]
    assert list(nested_repeats(sre.parse(r"(?:a++b?)++c"))) == []
