"""Secrets are taken out of text, and what stands around them stays."""

from __future__ import annotations

import pytest

from awooop.redaction import redact
from tests.awooop.redaction.samples import AROUND, GITHUB, PEM, TELEGRAM, TELEGRAM_OLD, TOKENS


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
