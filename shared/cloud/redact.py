"""Takes secrets out of text that is about to be shown: exception texts and log lines."""

import re
from typing import Final

_RULES: Final = (
    # PEM blocks, whole or cut off; also URL-encoded and JSON-escaped ones.
    (
        re.compile(
            r"-----BEGIN[ +%20]*[A-Z0-9 +%]*?-----.*?(?:-----END[ +%20]*[A-Z0-9 +%]*?-----|\Z)",
            re.S,
        ),
        "[PEM]",
    ),
    # name=value, name: value and "name": "value" of what must not be shown
    (
        re.compile(
            r"(?i)([\w.-]*(?:signature|security-?token|access-?key-?secret|access_key_secret|"
            r"private-?_?key|sslpri|authorization|password)[\"']?\s*[:=]\s*[\"']?)"
            r"(?:ACS3-HMAC-SHA256 |Bearer )?[^\s&\"',;)]+"
        ),
        r"\1[…]",
    ),
    # what looks like a key or a token by itself: long unbroken base64 (a hash in hex may stay)
    (re.compile(r"(?![0-9a-fA-F]{64}\b)[A-Za-z0-9+/_-]{60,}={0,2}"), "[…]"),
    # query strings of URLs
    (re.compile(r"(https?://[^\s?\"']+)\?[^\s\"']+"), r"\1?[…]"),
)


def redact(text: str) -> str:
    """`text` without PEM blocks, signatures, tokens, secrets, and the queries of URLs."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
