"""What holds for whatever text comes: nothing of a secret survives."""

from __future__ import annotations

import base64
import json
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from awooop.redaction import redact
from tests.awooop.redaction.samples import AWS, TOKENS, fragments, words


@given(fragments)
@settings(max_examples=500)
def test_redacting_twice_is_redacting_once(text):
    once = redact(text)
    assert redact(once.text).text == once.text
    assert redact(once.text).count == 0


@given(before=words, after=words, token=st.sampled_from([t for t in TOKENS if t != AWS]))
def test_a_token_never_survives_between_words(before, after, token):
    assert token not in redact(f"{before} {token} {after}").text


@given(
    name=st.sampled_from(["password", "db_password", "client_secret", "access_token", "api_key"]),
    value=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=201, max_size=260),
)
def test_a_secret_json_member_never_survives_as_text(name, value):
    text = json.dumps({"user": "bob", name: value, "host": "db"}, ensure_ascii=False)
    done = json.loads(redact(text).text)
    assert done[name].startswith("[redacted:")
    assert (done["user"], done["host"]) == ("bob", "db")


@given(st.binary(min_size=9, max_size=30), st.text(string.ascii_letters, min_size=1, max_size=8))
def test_basic_credentials_never_survive(secret, user):
    encoded = base64.b64encode(user.encode() + b":" + secret).decode()
    assert encoded not in redact(f"Authorization: Basic {encoded}").text
