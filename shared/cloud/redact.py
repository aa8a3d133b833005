"""Removes secrets from text to be shown: exception texts and log lines."""

import re
from typing import Final

_NAMES: Final = (
    r"signature|security-?token|access[-_]?key[-_]?secret|private[-_]?key|sslpri|authorization|password"
)
_SCHEMES: Final = r"ACS3-HMAC-SHA256|Bearer|Basic|FC|acs|OSS\S*"
_B64: Final = "[A-Za-z0-9+/]"  # not the URL alphabet: slot identifiers contain - and _ too
_RULES: Final = (
    # PEM blocks, complete or truncated, plain, JSON-escaped or URL-encoded
    (re.compile(r"-----BEGIN\b.*?(?:-----END[^-]*-----|\Z)", re.S), "[PEM]"),
    # name=value, name: value, 'name': 'value'
    (
        re.compile(rf"((?:{_NAMES})[\"']?\s*[:=]\s*[\"']?)(?:(?:{_SCHEMES}) )?[^\s&\"',;)]+", re.I),
        r"\1[…]",
    ),
    # the query of a URL
    (re.compile(r"(https?://[^\s?\"']{1,500})\?[^\s\"']+"), r"\1?[…]"),
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
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
