"""What docs/webhooks.md tells receivers to do, done."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from awooop import clock
from awooop.webhooks import secrets, signing

DOC = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"
BODY = '{"data":{"n":1},"type":"webhook.test","text":"核准"}'.encode()


def _block(language: str, index: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)[
        index
    ]


def test_the_python_verifies_ours_and_nothing_else():
    given: dict = {}
    exec(compile(_block("python"), "docs/webhooks.md", "exec"), given)
    secret, other = secrets.new(), secrets.new()
    headers = signing.headers("msg_1", clock.now(), BODY, [other, secret])
    assert given["is_genuine"](secret, headers, BODY)
    assert not given["is_genuine"](secret, headers, BODY + b" ")
    assert not given["is_genuine"](secrets.new(), headers, BODY)
    assert not given["is_genuine"](secret, {**headers, "webhook-timestamp": "1"}, BODY)


@pytest.mark.needs_program("openssl")
def test_the_shell_works_out_the_same_signature(tmp_path):
    secret = secrets.new()
    headers = signing.headers("msg_1", clock.now(), BODY, [secret])
    (tmp_path / "body").write_bytes(BODY)
    ran = subprocess.run(
        ["/bin/sh", "-ec", _block("sh")],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "SECRET": secret,
            "ID": "msg_1",
            "TIMESTAMP": headers["webhook-timestamp"],
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"v1,{ran.stdout.strip()}" == headers["webhook-signature"]
