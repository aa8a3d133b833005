"""Whom a job tells: CAS contacts by id, and webhooks."""

import ipaddress
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

#: Per job, as CAS's notification policies have it.
MAX_CONTACTS: Final = 10


def contact_problems(contact_ids: Sequence[int]) -> Iterator[str]:
    if len(contact_ids) > MAX_CONTACTS:
        yield f"there are {len(contact_ids)} contacts; name at most {MAX_CONTACTS}"
    if twice := Counter(contact_ids) - Counter(set(contact_ids)):
        yield f"{', '.join(map(str, sorted(twice)))} listed twice; name each once"


def webhook_problems(url: str) -> Iterator[str]:
    """No message repeats the URL: chat robots have their token in it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 - raises ValueError if it is none
    except ValueError:
        yield "it is no URL; copy it again"
        return
    if any(char.isspace() or not char.isprintable() for char in url):
        yield "it has spaces or line ends in it; copy it again"
    if parts.scheme not in {"http", "https"} or not host:
        yield "it is no web address; begin with https://"
    elif parts.scheme == "http" and not _loopback(host):
        yield "it is not encrypted; use https:// (http:// only to this machine)"
    if parts.username is not None:  # it is "" where only a password is given
        yield "it has a user name or password before the host; the receiver checks our signature"
    if parts.fragment:
        yield "it has a part after #, which is never sent; remove it"


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
