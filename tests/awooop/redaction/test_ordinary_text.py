"""Ordinary operations text is left as it is."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awooop.redaction import redact
from tests.awooop.redaction.samples import words

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

ORDINARY = [
    "",
    "Reset the password: go to the settings page and choose a new one.",
    "token: see the docs",
    "Get the admin password: `kubectl get secret grafana -o jsonpath={.data.password}`",
    "password: <password>",
    "password: ${DB_PASSWORD}",
    "PASSWORD=$(vault kv get -field=password kv/db)",
    "password: {{ .Values.password }}",
    'token = os.environ["TOKEN"]',
    "token=null password=None secret=true",
    '{"token": null, "password": "", "max_tokens": 4096, "total_tokens": 12}',
    "token_type: bearer",
    "Use --token to sign in, or --password if you must.",
    "secretName: grafana-tls",
    'MountVolume failed for volume "certs": secret "grafana-tls" not found',
    "kubectl create secret generic foo --from-file=./x",
    "Authorization: Bearer $TOKEN",
    "authorization: see the RBAC page",
    "the bearer token of a basic authentication scheme",
    "task-aware disk-pressure-eviction-threshold-1",
    "the sk-learn-something-that-is-quite-long package",
    "https://example.com:8443/path?x=a@b",
    "user@host:/var/log 10.0.0.1:9090 2026-11-20T17:34:42.360732312Z",
    "INC-20261120-AB12 and INC-20261120-WXYZ99",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "12345678:483b197c-7fe8-11e6-b772-acb57db47f23",
    "image: registry.example/app@sha256:" + "0a" * 32,
    "tokens per minute; secrets engine; passwords policy; credentials rotated",
    "GOOGLE_APPLICATION_CREDENTIALS=/etc/app/auth.json",
    "kube_secret_info and rate(token_requests_total[5m]) > 0",
    "docker run -u 1000:1000 x; curl -u 1000:1000 x",
    "if password == other or token != x: pass",
    "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEAxxxxxxxx\n-----END CERTIFICATE-----",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_alone(text):
    assert redact(text).text == text
    assert redact(text).count == 0


@given(before=words, after=words, ident=st.uuids())
def test_a_uuid_is_never_touched(before, after, ident):
    text = f"{before} {ident} {uuid.UUID(int=ident.int).hex} {after}"
    assert redact(text).text == text


@given(
    before=words, digest=st.binary(min_size=32, max_size=32), name=st.sampled_from(["sha256:", ""])
)
def test_a_digest_is_never_touched(before, digest, name):
    text = f"{before} {name}{digest.hex()}"
    assert redact(text).text == text


@given(st.from_regex(r"INC-[0-9]{8}-[A-Z0-9]{4,12}", fullmatch=True), words)
def test_an_incident_id_is_never_touched(ident, after):
    assert ident in redact(f"{ident} {after}").text


@given(words)
def test_words_without_values_are_never_touched(text):
    assert redact(text).count == 0


@pytest.mark.skipif(not (DATA / "runbooks").is_dir(), reason="the public runbooks are not here")
def test_real_runbooks_lose_next_to_nothing():
    touched = documents = 0
    with (DATA / "runbooks" / "runbooks.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            documents += 1
            texts = [value for value in json.loads(line).values() if isinstance(value, str)]
            touched += any(redact(text).count for text in texts)
    assert documents > 100
    assert touched <= documents // 100
