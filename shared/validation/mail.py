"""The server that sends mail, and the address that it comes from."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

#: A mailbox as people have them: no comment, no quotes, nothing that ends a header.
_MAILBOX: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{2,63}"
)


def is_mailbox(text: str) -> bool:
    return _MAILBOX.fullmatch(text) is not None


def mail_server_problems(url: str) -> Iterator[str]:
    """No message repeats it: it may contain a password."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError for an invalid port
    except ValueError:
        yield "it is not smtp://USER@HOST:PORT"
        return
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        yield "it is not smtp://USER@HOST:PORT, or smtps:// where TLS begins at once"
    if parts.password is not None:
        yield "it contains a password; set CERTDEPLOY_SMTP_PASSWORD"
    if parts.path.strip("/") or parts.query or parts.fragment:
        yield "it has more than a user, a host and a port; remove the rest"
    if any(char.isspace() or not char.isprintable() for char in url):
        yield "it contains spaces or line breaks; copy it again"
