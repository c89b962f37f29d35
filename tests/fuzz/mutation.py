"""Change real material a little, or a lot, as broken senders and attackers do."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

DATA = Path(__file__).parents[3] / "shared" / "data"
_TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\0", "\ud800", "x" * 70_000, "-1", "1e999", "../../etc/passwd", "=cmd|' /C calc'!A0",
         "<script>alert(1)</script>", "' or 1=1 --", "\u202e\u200f", "0001-01-01T00:00:00Z",
         "9999-12-31T23:59:59+23:59", "null", "INC-20261101-AAAA", "{{7*7}}", "%00", "\r\nX: y"]
    ),
)  # fmt: skip
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        _TEXTS,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=8,
)


def real(folder: str) -> list[dict[str, Any]]:
    """Answer the JSON objects of a folder of the real material; none where it is absent."""
    found = []
    for path in sorted((DATA / folder).rglob("*.json")):
        read = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(read, dict):
            found.append(read)
    return found


@st.composite
def mutated(draw: st.DrawFn, payloads: list[dict[str, Any]]) -> dict[str, Any]:
    """Answer one of the payloads with one to four of its places changed."""
    payload = copy.deepcopy(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(1, 4))):
        _mutate(draw, payload)
    return payload


def _mutate(draw: st.DrawFn, payload: Any) -> None:
    places = list(_places(payload))
    if not places:
        return
    holder, key = places[draw(st.integers(0, len(places) - 1))]
    how = draw(st.sampled_from(["replace", "replace", "remove", "repeat", "rename", "nest"]))
    if how == "replace":
        holder[key] = draw(JSON)
    elif how == "remove":
        del holder[key]
    elif how == "nest":
        for _ in range(draw(st.sampled_from([1, 5, 300]))):
            holder[key] = [holder[key]]
    elif how == "repeat" and isinstance(holder, list):
        holder.extend([holder[key]] * draw(st.sampled_from([1, 3, 200])))
    elif how == "rename" and isinstance(holder, dict):
        holder[draw(_TEXTS)] = holder.pop(key)


def _places(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from _places(inner)


def as_bytes(value: Any) -> bytes:
    """Answer JSON as a careless program writes it, lone surrogates and all."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
