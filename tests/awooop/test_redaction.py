"""Secrets are taken out of text and JSON; ordinary operations text is left as it is."""

from __future__ import annotations

import base64
import json
import re
import string
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awooop import redaction_patterns
from awooop.redaction import redact, redact_json

try:
    from re import _parser as sre
except ImportError:  # Python 3.10 and older
    import sre_parse as sre

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

# Put together here, so that no scanner takes this file for a leak.
AWP = "awp_" + "k3f9a2bc" + "_" + "q7Xz-2mN_8vL4tR6yP1wS3dF5gH"
TELEGRAM = "123456789" + ":" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"
TELEGRAM_OLD = "123456" + ":" + "ABC-DEF1234ghIkl-zyx57W2v1u123ew11"
GITHUB = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
GITHUB_FINE = "github_pat_" + "11ABCDEFG0abcdefghijkl_" + "x" * 40
SLACK = "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"
AWS = "AKIA" + "IOSFODNN7EXAMPLE"
GOOGLE = "AIza" + "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"
OPENAI = "sk-proj-" + "Ab12Cd34Ef56Gh78Ij90Kl12Mn34"
ANTHROPIC = "sk-ant-" + "api03-Ab12Cd34Ef56Gh78Ij90-kl_mn"
GITLAB = "glpat-" + "Ab12Cd34Ef56Gh78Ij90"
STRIPE = "sk_live_" + "Ab12Cd34Ef56Gh78Ij90"
VAULT = "hvs." + "CAESIAb12Cd34Ef56Gh78Ij90"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9"
TOKENS = {
    AWP: "api_key",
    GITHUB: "github_token",
    GITHUB_FINE: "github_token",
    SLACK: "slack_token",
    AWS: "aws_key",
    GOOGLE: "google_key",
    OPENAI: "openai_key",
    ANTHROPIC: "anthropic_key",
    GITLAB: "gitlab_token",
    STRIPE: "stripe_key",
    VAULT: "access_token",
    JWT: "jwt",
}
PEM = "\n".join(
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "MIIEpAIBAAKCAQEA" + "x" * 40,
        "-----END RSA PRIVATE KEY-----",
    ]
)
AROUND = [
    "{}",
    "see {} there",
    "({})",
    "'{}'",
    '"{}"',
    "x,{},y",
    "line\n{}\nline",
    "a\\n{}\\nb",
    "{}.",
]


@pytest.mark.parametrize(("token", "kind"), TOKENS.items(), ids=TOKENS.values())
@pytest.mark.parametrize("around", AROUND)
def test_a_token_is_replaced_and_what_stands_around_it_stays(token, kind, around):
    assert redact(around.format(token)).text in {
        around.format(f"[redacted:{kind}]"),
        around.format(f"[redacted:{kind}]").replace("].", "]"),  # a trailing dot may go with a JWT
    }


@pytest.mark.parametrize("token", [TELEGRAM, TELEGRAM_OLD])
@pytest.mark.parametrize("around", [*AROUND, "https://api.telegram.org/bot{}/sendMessage"])
def test_a_telegram_bot_token_is_replaced(token, around):
    done = redact(around.format(token))
    assert token.split(":")[1] not in done.text
    assert "[redacted:telegram_token]" in done.text
    assert done.count == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://hooks.slack.com/services/T0001/B0001/AbCdEfGhIjKlMnOp",
            "https://hooks.slack.com/[redacted:slack_webhook]",
        ),
        (
            "https://discord.com/api/webhooks/1234567890123/AbCdEfGhIjKlMnOpQrStUv",
            "https://discord.com/api/webhooks/[redacted:discord_webhook]",
        ),
    ],
)
def test_a_webhook_address_loses_its_secret_path(url, expected):
    assert redact(url).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://app:hunter2@db:5432/x", "postgres://app:[redacted:password]@db:5432/x"),
        ("redis://:hunter2@cache:6379", "redis://:[redacted:password]@cache:6379"),
        ("amqp://u:p@ss:w@rd@mq/vh", "amqp://u:[redacted:password]@mq/vh"),
        (
            "https://token:abc@git.example/x.git",
            "https://token:[redacted:password]@git.example/x.git",
        ),
    ],
)
def test_a_password_in_a_url_goes_and_user_and_host_stay(text, expected):
    assert redact(text).text == expected
    assert redact(text).count == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abcdef", "Authorization: Bearer [redacted:authorization]"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic [redacted:authorization]"),
        ('-H "Authorization: Token abc" u', '-H "Authorization: Token [redacted:authorization]" u'),
        ('"Authorization": "Bearer abc.d-e"', '"Authorization": "Bearer [redacted:authorization]"'),
        ("Proxy-Authorization: Basic QTpC", "Proxy-Authorization: Basic [redacted:authorization]"),
        ("Authorization: 9f8e7d6c5b4a", "Authorization: [redacted:authorization]"),
        (
            'Authorization: Digest username="bob", response="6629fae4"\nHost: x',
            "Authorization: Digest [redacted:authorization]\nHost: x",
        ),
        ("sent bearer 0123456789abcdef!", "sent bearer [redacted:authorization]!"),
    ],
)
def test_credentials_in_headers_go_and_the_scheme_stays(text, expected):
    assert redact(text).text.replace('"Digest "', "Digest ") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter2", "password=[redacted:password]"),
        ("a?token=abc&next=/x", "a?token=[redacted:token]&next=/x"),
        ("export DB_PASSWORD=a,b;c&d", "export DB_PASSWORD=[redacted:password]"),
        ('API_KEY="abc def"', 'API_KEY="[redacted:api_key]"'),
        ('{"password": "a\\"b", "x": 1}', '{"password": "[redacted:password]", "x": 1}'),
        ('{"pin": 1, "password": 1234}', '{"pin": 1, "password": [redacted:password]}'),
        ("{'client_secret': 'abc'}", "{'client_secret': '[redacted:secret]'}"),
        (r"{\"token\": \"abc\", \"x\": 1}", r"{\"token\": \"[redacted:token]\", \"x\": 1}"),
        (r"{\\\"token\\\":\\\"a b\\\"}", r"{\\\"token\\\":\\\"[redacted:token]\\\"}"),
        ('"password": "cut off he', '"password": "[redacted:password]'),
        ("  password: opensesame\n  user: x", "  password: [redacted:password]\n  user: x"),
        ("- apiKey: abcdefg # why", "- apiKey: [redacted:api_key] # why"),
        ("password: |\n  opensesame\nnext: 1", "password: |\n  [redacted:password]\nnext: 1"),
        ("Server=db;Password=abc;Db=x", "Server=db;Password=[redacted:password];Db=x"),
        ("X-Api-Key: 12ab34cd", "X-Api-Key: [redacted:api_key]"),
        ("aws_secret_access_key = wJalrXUt/K7", "aws_secret_access_key = [redacted:secret]"),
        ("login failed, password: swordfish, user: x", None),
        ("**Password:** hunter2", "**Password:** [redacted:password]"),
        (
            "the password is in `password: hunter2`",
            "the password is in `password: [redacted:password]`",
        ),
        ("mysql --password hunter2 -h db", "mysql --password [redacted:password] -h db"),
        ("mysql --password=hunter2 -h db", "mysql --password=[redacted:password] -h db"),
        ("curl -s -u bob:hunter2 http://x", "curl -s -u bob:[redacted:password] http://x"),
        ("<password>abc</password>", "<password>[redacted:password]</password>"),
        ("管理員密碼：abc123。請更換", "管理員密碼：[redacted:password]。請更換"),
        (
            "//registry.npmjs.org/:_authToken=abc",
            "//registry.npmjs.org/:_authToken=[redacted:token]",
        ),
        ("--from-literal=password=abc", "--from-literal=password=[redacted:password]"),
        ("password%3Dabc%20", "password%3D[redacted:password]"),
    ],
)
def test_a_named_secret_goes_and_its_name_stays(text, expected):
    expected = expected or text.replace("swordfish", "[redacted:password]")
    assert redact(text).text == expected
    assert redact(text).count == 1


def test_the_kind_of_a_named_secret_is_what_it_is_seen_to_be():
    assert redact(f"token={GITHUB}").text == "token=[redacted:github_token]"


def test_nothing_of_a_secret_stays_behind_a_token_inside_it():
    assert redact(f'password="{GITHUB}!tail"').text == 'password="[redacted:password]"'


@pytest.mark.parametrize(
    "pem",
    [
        PEM,
        PEM.replace("\n", "\\n"),
        PEM.replace("RSA ", ""),
        PEM.replace("RSA ", "OPENSSH "),
        PEM.split("-----END")[0],
        PEM.replace("MII", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0F\n\nMII").split(
            "-----END"
        )[0],
    ],
    ids=["whole", "escaped", "pkcs8", "openssh", "cut off", "encrypted and cut off"],
)
def test_a_private_key_goes_as_a_whole(pem):
    assert redact(f"key:\n{pem}").text.strip() == "key:\n[redacted:private_key]"


def test_text_between_two_private_keys_stays():
    assert redact(f"{PEM}\nfirst\n{PEM}\nsecond").text == (
        "[redacted:private_key]\nfirst\n[redacted:private_key]\nsecond"
    )


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


words = st.text(st.sampled_from(string.ascii_letters + " ,.()_-/\n"), max_size=60)


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


FRAGMENTS = [
    *TOKENS,
    *(
        "password",
        "token",
        "secret",
        "API_KEY",
        "DB_PASSWORD",
        "credentials",
        "Authorization",
        "密碼",
    ),
    *(
        ":",
        "=",
        ":=",
        "=>",
        "：",
        " ",
        "\n",
        "\\n",
        '"',
        "'",
        "`",
        '\\"',
        "\\",
        "@",
        "://",
        "/",
        "?",
        "&",
    ),
    *(
        "Bearer ",
        "Basic ",
        "Digest ",
        "--",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
    ),
    *(
        "hunter2",
        "abc",
        "see below",
        "[redacted:",
        "]",
        ")",
        "{",
        "{{",
        "$X",
        "<password>",
        "</",
        "|\n  ",
    ),
    *(
        TELEGRAM,
        "\nMIIEpAIBAAKCAQEAabcdef\n",
        "u:p@h",
        "curl -u ",
        "%20",
        "%3D",
        "*",
        "é",
        ",",
        ";",
    ),
]
fragments = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=12).map("".join)


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
def test_a_megabyte_of_junk_is_only_passed_over(junk):
    # Anything worse than linear would not come back: a square of this is 10^12 steps.
    text = junk * (1_000_000 // len(junk))
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


def test_json_members_named_as_secrets_are_replaced_whatever_they_hold():
    value, count = redact_json(
        {
            "password": "x",
            "db": {"clientSecret": "plain", "pin": 1},
            "api_key": 12,
            "token": ["a", "b"],
        }
    )
    assert value == {
        "password": "[redacted:password]",
        "db": {"clientSecret": "[redacted:secret]", "pin": 1},
        "api_key": "[redacted:api_key]",
        "token": ["[redacted:token]", "[redacted:token]"],
    }
    assert count == 5


def test_json_strings_and_names_are_redacted_as_text():
    value, count = redact_json({"log": ["a", f"key {AWP}"], AWP: 1})
    assert value == {"log": ["a", "key [redacted:api_key]"], "[redacted:api_key]": 1}
    assert count == 2


def test_two_secret_names_stay_two_members():
    value, _ = redact_json({AWP: 1, AWP + "x": 2})
    assert sorted(value.values()) == [1, 2]


def test_a_json_header_goes_as_a_whole():
    value, _ = redact_json(
        {"headers": {"Authorization": "Bearer abc", "Cookie": "s=1", "Accept": "*"}}
    )
    assert value == {
        "headers": {
            "Authorization": "[redacted:authorization]",
            "Cookie": "[redacted:cookie]",
            "Accept": "*",
        }
    }


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        1.5,
        [],
        {},
        {"token": None, "password": "", "secret": False, "max_tokens": 3, "token_type": "bearer"},
        {"approval_token_jti": "x", "group_key": "y", "password": "${DB_PASSWORD}", 1: "int name"},
    ],
)
def test_json_without_secrets_is_left_alone(value):
    assert redact_json(value) == (value, 0)


def test_redacting_json_leaves_the_given_value_as_it_was():
    given_value = {"a": [{"password": "x"}]}
    redact_json(given_value)
    assert given_value == {"a": [{"password": "x"}]}


def test_json_nested_beyond_reason_is_replaced():
    value: list = []
    for _ in range(100_000):
        value = [value]
    done, count = redact_json(value)
    assert count == 1
    assert "[redacted:too_deep]" in json.dumps(done)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | fragments,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["password", "x", "api_key", "Authorization"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(json_values)
def test_redacting_json_twice_is_redacting_it_once(value):
    once, _ = redact_json(value)
    assert redact_json(once) == (once, 0)


@given(st.binary(min_size=9, max_size=30), st.text(string.ascii_letters, min_size=1, max_size=8))
def test_basic_credentials_never_survive(secret, user):
    encoded = base64.b64encode(user.encode() + b":" + secret).decode()
    assert encoded not in redact(f"Authorization: Basic {encoded}").text


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
