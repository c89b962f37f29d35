"""Secrets of every kind, and the texts that tests put around them."""

from __future__ import annotations

import string

from hypothesis import strategies as st

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

words = st.text(st.sampled_from(string.ascii_letters + " ,.()_-/\n"), max_size=60)

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
