"""Who is notified about a job: CAS contacts by id, and webhooks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from shared.validation.addresses import is_this_machine

#: Per job; CAS's limit.
MAX_CONTACTS: Final = 10


def contact_problems(contact_ids: Sequence[int]) -> Iterator[str]:
    if len(contact_ids) > MAX_CONTACTS:
        yield f"there are {len(contact_ids)} contacts; name at most {MAX_CONTACTS}"
    if twice := Counter(contact_ids) - Counter(set(contact_ids)):
        yield f"{', '.join(map(str, sorted(twice)))} listed twice; name each once"


def webhook_problems(url: str) -> Iterator[str]:
    """No message repeats the URL: a chat robot's URL contains its token."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 - raises ValueError for an invalid port
    except ValueError:
        yield "it is not a URL; copy it again"
        return
    if any(char.isspace() or not char.isprintable() for char in url):
        yield "it contains spaces or line breaks; copy it again"
    if parts.scheme not in {"http", "https"} or not host:
        yield "it is not a web address; start with https://"
    elif parts.scheme == "http" and not is_this_machine(host):
        yield "it is not encrypted; use https:// (http:// only to this machine)"
    if parts.username is not None:  # "" if only a password is given
        yield "it contains a user name or password; remove it, since notifications are signed"
    if parts.fragment:
        yield "it has a part after #, which is never sent; remove it"
