"""What secrets look like: the patterns of `awooop.redaction`.

Every unbounded repeat is possessive, or stands over a class that excludes what follows it, and
begins where the same run cannot begin again, so that a megabyte of junk costs a pass over it and no
more. A token takes the whole run of token characters with it, so that a second pass finds nothing
that the first one left.
"""

from __future__ import annotations

import re

# Where a token may begin: not inside a word, but after an escaped newline or a percent escape.
_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
_RUN = r"[A-Za-z0-9_-]*+"

_TOKENS: dict[str, str] = {
    "api_key": r"awp_[A-Za-z0-9]{2,32}_[A-Za-z0-9_-]{8,}+",
    "github_token": rf"(?:gh[pousr]_[A-Za-z0-9]{{20}}|github_pat_[A-Za-z0-9]{{20}}){_RUN}",
    "gitlab_token": r"gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_-]{20,}+",
    "slack_token": r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9_-]{10,}+",
    "aws_key": r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9_-])",
    "google_key": (
        rf"(?:AIza[A-Za-z0-9_-]{{35}}{_RUN}|GOCSPX-[A-Za-z0-9_-]{{20,}}+|ya29\.[A-Za-z0-9_.-]{{20,}}+)"
    ),
    "anthropic_key": r"sk-ant-[A-Za-z0-9_-]{16,}+",
    # A digit tells a key from hyphenated words.
    "openai_key": r"sk-(?=[A-Za-z_-]{0,200}[0-9])[A-Za-z0-9_-]{20,}+",
    "stripe_key": rf"(?:[rs]k_(?:live|test)_|whsec_)[A-Za-z0-9]{{16}}{_RUN}",
    "access_token": (
        rf"(?:hf_[A-Za-z0-9]{{30}}|npm_[A-Za-z0-9]{{36}}|pypi-[A-Za-z0-9_-]{{40}}"
        rf"|dop_v1_[a-f0-9]{{40}}|gl(?:sa|c)_[A-Za-z0-9_]{{24}}|hv[sb]\.[A-Za-z0-9_-]{{20}}"
        rf"|SG\.[A-Za-z0-9_-]{{16,64}}\.[A-Za-z0-9_-]{{20}}){_RUN}"
    ),
    # A cut preview may have lost the third part.
    "jwt": r"eyJ[A-Za-z0-9_-]{6,}+\.[A-Za-z0-9_-]{6,}+(?:\.[A-Za-z0-9_-]*+)?+",
}

TOKEN = re.compile(
    _START + "(?:" + "|".join(f"(?P<{kind}>{shape})" for kind, shape in _TOKENS.items()) + ")"
)
TOKEN_HINTS = (
    *("awp_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-"),
    *("glcbt-", "glptt-", "glft-", "glsoat-", "xox", "xapp-", "AKIA", "ASIA", "AIza", "GOCSPX-"),
    *("ya29.", "sk-", "k_live_", "k_test_", "whsec_", "hf_", "npm_", "pypi-", "dop_v1_", "glsa_"),
    *("glc_", "hvs.", "hvb.", "SG.", "eyJ"),
)

# `bot<digits>:<35 characters>` in a URL, or bare; these have a capital, UUIDs and hex do not.
TELEGRAM = re.compile(
    r"(?<![0-9])[0-9]{6,12}:(?=[a-z0-9_-]{0,64}[A-Z])(?P<telegram_token>[A-Za-z0-9_-]{30,}+)"
)

WEBHOOK = re.compile(
    r"(?<=hooks\.slack\.com/)(?P<slack_webhook>(?:services|workflows|triggers)/[A-Za-z0-9/_-]{16,}+)"
    r"|(?<=/api/webhooks/)(?P<discord_webhook>[0-9]{10,24}/[A-Za-z0-9_-]{20,}+)"
)

_BEGIN = r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
_END = r"-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
_BREAK = r"(?:\s|\\[nrt])*+"
PEM = re.compile(
    rf"(?P<private_key>{_BEGIN}(?:"
    rf"(?:(?!-----BEGIN|-----END|\[redacted:)[\s\S])*+{_END}"
    # Cut off before its end: the armour's headers, then whatever looks like base64.
    rf"|{_BREAK}(?:(?:Proc-Type|DEK-Info|Version|Comment):[^\n\\]*+{_BREAK})*+"
    rf"(?:[A-Za-z0-9+/=]{{16,}}+{_BREAK})++))"
)

# `scheme://user:password@host`: user and host stay.
URL_PASSWORD = re.compile(
    r"(?<=://)(?P<user>[^\s/?#:@\"'<>\[\]\\]*+:)"
    r"(?!\[redacted:[a-z_]{1,32}\]@)(?P<value>[^\s/?#\"'<>\\]+)(?=@)"
)

# As deep as JSON is escaped inside JSON: 1, 3, 7, 15, 31 backslashes.
_QUOTE = r"\\{0,31}+[\"']"
_GAP = r"(?:[ \t]|%20|\+){1,4}+"
AUTHORIZATION = re.compile(
    rf"authorization(?:{_QUOTE})?+[ \t]{{0,8}}+(?>:=|=>|[:=]|%3A|%3D)[ \t]{{0,8}}+(?:{_QUOTE})?+"
    rf"(?:(?P<scheme>bearer|basic|token|api-?key|key|negotiate|ntlm|splunk|geniekey|oauth){_GAP}"
    r"|(?P<whole>digest|hawk|aws4-hmac-sha256)[ \t]{1,4}+)?+"
    r"(?!\[redacted:)(?P<value>(?:[^\s\"'`,;<>\\])++)(?P<rest>(?(whole)[^\n]*+))",
    re.IGNORECASE,
)
# On its own only what is no word: `bearer token`, `basic authentication` are prose.
SCHEME = re.compile(
    rf"(?<![A-Za-z0-9_-])(?:bearer{_GAP}(?=[A-Za-z._~+/=-]{{0,200}}[0-9])"
    r"(?P<bearer>[A-Za-z0-9._~+/=-]{12,}+)"
    rf"|basic{_GAP}(?=[A-Za-z+/]{{0,200}}[0-9=])(?P<basic>[A-Za-z0-9+/=]{{12,}}+))",
    re.IGNORECASE,
)

_WORD = (
    r"(?P<password>pass(?:word|wort|wd|phrase)[0-9]{0,2}|(?<=[_.-])pass|pwd|密碼|密码|口令)"
    r"|(?P<token>token|令牌|權杖|权杖)"
    r"|(?P<api_key>api[ _-]?key)"
    r"|(?P<secret>secret|(?P<path>credentials?)|金鑰|密鑰|密钥"
    r"|(?:access|secret|private|encryption|signing|account|shared|master|auth|session|service"
    r"|storage|license|deploy|webhook|bot)[ _-]?key)"
)
SECRET_WORD_HINTS = (
    *("pass", "pwd", "token", "key", "secret", "credential"),
    *("密碼", "密码", "口令", "令牌", "權杖", "权杖", "金鑰", "密鑰", "密钥"),
)
_STOP = r"\s,;&\"'`<>|\\，。；、"
ASSIGNMENT = re.compile(
    rf"(?:{_WORD})(?P<key_end>(?:{_QUOTE}\]?)?+\*{{0,2}}+)[ \t]{{0,8}}+"
    r"(?P<sep>(?>:=|=>|=(?![=~])|%3D|[:：＝](?!:|//)))\*{0,2}+"
    r"(?P<gap>[ \t\u3000]{0,8}+(?:[|>][+-]?+[ \t]*+\r?\n[ \t]++)?+)"
    rf"(?P<value>(?P<quote>{_QUOTE})(?!\[redacted:)"
    r"(?P<quoted>(?:(?!(?P=quote))(?:\\\\\\[\"']|\\.|[^\\\n]))*+)"
    # In backticks a run without spaces; a command to type is left alone.
    r"|`(?!\[redacted:)(?P<code>[^\s`]{1,200}+)(?=`)"
    rf"|(?!\[redacted:|{_QUOTE})(?P<bare>(?:(?!\[redacted:)[^{_STOP}]|\\(?![nrt\"']))++))",
    re.IGNORECASE,
)
FLAG = re.compile(
    rf"(?<![A-Za-z0-9_-])--[A-Za-z0-9-]{{0,40}}?(?:{_WORD})[ \t]{{1,8}}[\"']?"
    r"(?![\"'-]|\[redacted:)(?P<value>[^\s\"'`<>|]++)",
    re.IGNORECASE,
)
CURL_USER = re.compile(
    r"\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[ =]{0,2}[\"']?[^\s:\"'\[\]]{1,100}:"
    r"(?!\[redacted:)(?P<value>[^\s\"']++)"
)
ELEMENT = re.compile(
    rf"<[A-Za-z0-9_:.-]{{0,40}}?(?:{_WORD})>(?!\s*+\[redacted:)(?P<value>[^<]++)(?=</)",
    re.IGNORECASE,
)

# The whole name of a JSON member whose value is secret.
SECRET_NAME = re.compile(
    rf"(?:{_WORD}|(?P<authorization>authorization)|(?P<cookie>cookie))\Z", re.IGNORECASE
)
REDACTED = re.compile(r"(?:[A-Za-z0-9-]{1,20} )?\[redacted:[a-z_]{1,32}\]")

# What stands for a value without being one: variables, templates, masks, types, states.
PLACEHOLDER = re.compile(
    r"(?:\$[A-Z_][A-Z0-9_]*|\$[a-z_]+|\$[({].*|[{]{1,2}|[{]{2}.*|[{][a-z_]+[}]|\[|\[\]|[{][}]"
    r"|%[({]?[a-z_]+[)}]?s?|%[A-Z_]+%|%s|[*•xX.…_?#-]{2,}|\(?[A-Za-z_]*\(\)?"
    r"|(?:os|settings|self|config|env|process|secrets|vault|values|var|data)\.[A-Za-z_.]+.*"
    r"|\.Values\..*|your[-_ ].*"
    r"|string|str|text|bytes|int|integer|bool|boolean|number|required|optional|none|null|nil|undefined"
    r"|true|false|yes|no|on|off|unset|empty|missing|expired|invalid|valid|revoked|unknown|present"
    r"|absent|masked|hidden|redacted|removed|n/a|wrong|incorrect|rotated|changed|ok|failed|error"
    r"|bearer|basic|jwt|oauth2|read|write)!?",
    re.IGNORECASE | re.DOTALL,
)
