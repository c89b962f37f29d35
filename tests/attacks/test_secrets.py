"""Secrets are compared in constant time, kept as hashes, and in no log."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from awooop.config import ROOT

ROOMS = ("awooop", "governance", "runs", "knowledge")
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
# Signatures of anchors, which anybody may read; they are verified by their public key.
PUBLIC = ("awooop/actions/audit_anchors.py",)
WORDS = ("secret", "token", "password", "hash_of", "signature", "mac")


def _names(node: ast.expr) -> list[str]:
    return [
        part.attr if isinstance(part, ast.Attribute) else part.id
        for part in ast.walk(node)
        if isinstance(part, (ast.Attribute, ast.Name))
    ]


def _secret_comparisons(path: Path) -> list[str]:
    """Answer `==` between two things of which both are called like a secret."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.NotEq))):
            continue
        sides = (node.left, node.comparators[0])
        if all(any(name in WORDS for name in _names(side)) for side in sides):
            found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_no_secret_is_compared_by_the_equals_sign(room):
    files = [
        path
        for path in FILES
        if path.is_relative_to(ROOT / room) and str(path.relative_to(ROOT)) not in PUBLIC
    ]
    assert [line for path in files for line in _secret_comparisons(path)] == []


def test_such_a_comparison_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (tmp_path / "bad.py").write_text("if given.token == secret: pass")
    assert _secret_comparisons(tmp_path / "bad.py") == ["bad.py:1"]
