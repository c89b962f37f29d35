"""An anchor as a document: what is signed, how it is written, and how one is read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from awooop import audit_keys
from awooop.audit import GENESIS, Mark
from awooop.canonical import canonical_json, rfc3339
from awooop.errors import Invalid
from awooop.models import AuditAnchor

SCHEMA = "awooop_audit_anchor_v1"
SIGNED = ("project_id", "number", "seq", "hash", "digest", "previous", "anchored_at", "key_id")
Document = dict[str, Any]


def document(anchor: AuditAnchor) -> Document:
    """Answer an anchor as it is written outside, its signature included."""
    values = {name: getattr(anchor, name) for name in SIGNED}
    at: datetime = anchor.anchored_at
    return {
        "schema_version": SCHEMA,
        **values,
        "anchored_at": rfc3339(at),
        "signature": anchor.signature,
    }


def line(anchor: AuditAnchor) -> str:
    """Answer the anchor's one line of a file."""
    return canonical_json(document(anchor)) + "\n"


def sign(anchor: AuditAnchor) -> None:
    """Sign an anchor with the key in use."""
    key = audit_keys.current()
    anchor.key_id = key.signing_id
    anchor.signature = key.sign(signed_part(document(anchor)))


def signed_part(found: Document) -> bytes:
    """Answer the bytes that an anchor's signature is over: all of it but the signature."""
    return canonical_json(
        {name: value for name, value in found.items() if name != "signature"}
    ).encode()


def fingerprint_of(anchor: AuditAnchor | None) -> str:
    """Answer what the next anchor names as its `previous`."""
    if anchor is None:
        return GENESIS
    return hashlib.sha256(canonical_json(document(anchor)).encode()).hexdigest()


def marks(documents: Iterable[Document]) -> list[Mark]:
    """Answer what anchors ask of a project's chain, and what is wrong with the anchors themselves.

    They are those of one project: signed by a key of ours, numbered without a gap from the first
    that is there, each naming the one before it.
    """
    found = sorted(documents, key=lambda each: each.get("number", 0))
    once = [each for index, each in enumerate(found) if index == 0 or each != found[index - 1]]
    marked, before = [], None
    for each in once:
        name = (
            f"anchor {each['number']} of {each['anchored_at']}" if _is_ours(each) else "the report"
        )
        marked.append(
            Mark(each["seq"], each["hash"], each.get("digest", ""), name, _fault(each, before))
        )
        before = each
    return marked


def _is_ours(found: Document) -> bool:
    return found.get("schema_version") == SCHEMA


def _fault(found: Document, before: Document | None) -> str:
    if not _is_ours(found):
        return ""
    name = f"anchor {found['number']}"
    if not audit_keys.is_signed(signed_part(found), found["signature"], found["key_id"]):
        return f"{name} is not signed by a key of this installation ({found['key_id']})"
    if before is None or not _is_ours(before):
        return ""
    if found["number"] != before["number"] + 1:
        return f"between anchor {before['number']} and {name} one is missing or there twice"
    if found["previous"] != hashlib.sha256(canonical_json(before).encode()).hexdigest():
        return f"{name} does not follow anchor {before['number']}"
    return ""


def read(path: Path) -> dict[str, list[Document]]:
    """Read anchors by project: a file of them, one a line, or a `verify_audit --json` report.

    Raises Invalid for what is neither.
    """
    try:
        text = path.read_text(encoding="utf-8")
        documents = _documents(text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid({"anchors": f"is no file of anchors and no report ({error})"}) from None
    by_project: dict[str, list[Document]] = {}
    for each in documents:
        by_project.setdefault(each["project_id"], []).append(each)
    return by_project


def _documents(text: str) -> Sequence[Document]:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise ValueError("it is empty")
    first = json.loads(lines[0])
    if "chains" in first:
        return [
            {"project_id": str(row["project_id"]), "seq": int(row["seq"]), "hash": str(row["hash"])}
            for row in first["chains"]
            if int(row["seq"])
        ]
    return [_checked(json.loads(line)) for line in lines]


def _checked(found: Document) -> Document:
    whole = {"schema_version", "signature", *SIGNED}
    if set(found) != whole or found["schema_version"] != SCHEMA:
        raise ValueError("a line is no anchor")
    for name in found:
        kind = int if name in ("number", "seq") else str
        if not isinstance(found[name], kind):
            raise ValueError(f"{name} of a line is not what an anchor has")
    return found
