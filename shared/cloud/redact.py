"""Removes secrets from text to be shown: exception texts and log lines.

Hostile text gets here as well, so no rule may look at a character more than a bounded number of times: what
repeats without a bound is either followed by nothing that could fail, or begins at one place of a run only.
"""

import re
from functools import cache
from typing import Final

#: How the names of secrets end, whatever stands before (x-acs-, CERTDEPLOY_, aws_).
_NAMES: Final = "|".join(
    (
        r"authorization|signature|ssl[-_]?pri|set-cookie|cookie",
        r"pass(?:word|wd|phrase)|pwd",
        r"(?:security|session|access|refresh|bearer|id|sts)[-_]?token",
        r"access[-_]?key[-_]?secret|secret[-_]?(?:access[-_]?)?key",
        r"(?:client|webhook|app|sign)[-_]?secret|secret[-_]?(?:data|value|string)",
        r"private[-_]?key|client[-_]?key[-_]?data|tls\.key",
        r"(?:api|sign(?:ing)?|aes|hmac|master|encryption)[-_]?key",
    )
)
#: Names that are also words of a sentence: here only what is written as a value counts.
_WORDS: Final = r"token|secret|sign|credential|key"
_SCHEMES: Final = r"ACS3-HMAC-SHA256|AWS4-HMAC-SHA256|Bearer|Basic|FC|acs|OSS[A-Z0-9-]{0,20}"
_QUOTE: Final = r"\\{0,3}[\"']"  # JSON within JSON is escaped
_GAP: Final = r"\s{0,8}"
_B64: Final = "[A-Za-z0-9+/]"  # not the URL alphabet: slot identifiers contain - and _ too
_DASHES: Final = "(?:-|%2D){5}"
_WRAP: Final = r"(?:\\{0,3}[rn]|\s){1,12}"  #: how a long text is broken over lines


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Made at the first use: that takes as long as a tenth of what a function imports."""
    return (
        # PEM blocks, complete or truncated, plain, JSON-escaped or URL-encoded
        (re.compile(rf"{_DASHES}BEGIN\b.*?(?:{_DASHES}END[^-%]*(?:%20[^-%]*)*{_DASHES}|\Z)", re.S), "[PEM]"),
        # PEM in base64, as kubeconfigs and Secrets have it, in one line or in several
        (re.compile(rf"LS0tLS1CRUdJTi(?:{_B64}|=|{_WRAP}(?={_B64}{{16}}))*"), "[PEM]"),
        # "name": "value with spaces", name="value with spaces"
        (
            re.compile(
                rf"((?:(?:{_NAMES})(?:{_QUOTE})?|\b(?:{_WORDS}){_QUOTE}){_GAP}[:=]{_GAP}{_QUOTE})[^\"'\\]+",
                re.I,
            ),
            r"\1[…]",
        ),
        # all that a header of cookies holds
        (re.compile(rf"(cookie(?:{_QUOTE})?{_GAP}:{_GAP})[^\"'\\\r\n]+", re.I), r"\1[…]"),
        # a credential after its scheme; not a sentence
        (re.compile(r"\b([Bb]earer |[Bb]asic )(?=[a-z]*[A-Z0-9+/=._~-])[\w+/=.~-]{10,}"), r"\1[…]"),
        # name=value, name: value
        (
            re.compile(
                rf"((?:{_NAMES})(?:{_QUOTE})?{_GAP}[:=]{_GAP}(?:{_QUOTE})?)"
                rf"(?:(?:{_SCHEMES}) )?[^\s&\"',;)\\]+",
                re.I,
            ),
            r"\1[…]",
        ),
        # what a word names: with "=" anything, with ":" what has no gap and is long
        (re.compile(rf"(\b(?:{_WORDS})=)[^\s&\"',;)\\]+", re.I), r"\1[…]"),
        (re.compile(rf"(\b(?:{_WORDS}):{_GAP})[\w+/.=~-]{{20,}}", re.I), r"\1[…]"),
        # the query of a URL, also of one without its host
        (re.compile(r"(https?://[^\s?\"']{1,500})\?[^\s\"']+"), r"\1?[…]"),
        (re.compile(r"(?<=\S)\?[\w.\[\]-]{1,60}=[^\s\"']*"), "?[…]"),
        # user and password in a URL
        (re.compile(r"(?<=://)[^\s/@\"']{1,300}@"), "[…]@"),
        # the addresses of chat webhooks, which are secrets by themselves
        (re.compile(r"(/(?:hooks?|webhooks?|services)/)[\w-]{6,}(?:/[\w-]{1,200}){0,3}"), r"\1[…]"),
        # the token of a Telegram bot, which stands in the path
        (re.compile(r"(?<![\w:])(bot)?\d{6,16}:[A-Za-z0-9_-]{30,}(?![\w-])"), r"\1[…]"),
        # a signed token: three parts, the first of which is a JSON object
        (re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"), "[…]"),
        # strings that look like a key or token; not hex hashes or paths
        (
            re.compile(
                rf"(?<!{_B64})(?![0-9a-fA-F]{{64}}\b)(?={_B64}*[A-Z])(?={_B64}*[0-9]){_B64}{{60,}}={{0,2}}"
            ),
            "[…]",
        ),
    )


def redact(text: str) -> str:
    """`text` without PEM blocks, signatures, tokens, secrets and URL queries."""
    for pattern, instead in _rules():
        text = pattern.sub(instead, text)
    return text
