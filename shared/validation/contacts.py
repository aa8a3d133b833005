"""Who is notified: contacts by id, their channels, and webhooks."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from shared.domain.contacts import Channel, ChannelKind
from shared.errors import InvalidRequestError
from shared.validation.addresses import is_this_machine
from shared.validation.mail import is_mailbox
from shared.validation.secret_names import named, secret_name_problem

#: Per job; CAS's limit.
MAX_CONTACTS: Final = 10
MAX_CHANNELS: Final = 10  #: of a contact
_CHAT: Final = re.compile(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{4,40}")  #: of Telegram
_LONGEST_NAME: Final = 300  #: characters
_SIGNED: Final = (ChannelKind.DINGTALK, ChannelKind.FEISHU, ChannelKind.LARK, ChannelKind.WEBHOOK)
_KINDS: Final = ", ".join(kind.value for kind in ChannelKind)


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


def channel_of(text: str) -> Channel:
    """A channel as the command line has it: `email=ops@example.com`, `dingtalk=kms:robot,secret=kms:sign`.

    Raises:
        InvalidRequestError: it has another form. The message repeats no value.
    """
    kind, equals, rest = text.partition("=")
    if not equals or kind not in {one.value for one in ChannelKind}:
        raise InvalidRequestError(f"a channel is KIND=VALUE, such as email=ops@example.com; kinds: {_KINDS}")
    value, *more = re.split(r",(?=(?:secret|to)=)", rest)
    fields = {"email": "to"}.get(kind, "url")
    found = {fields: value, **dict(one.split("=", 1) for one in more)}
    return Channel(kind=ChannelKind(kind), **found)


def channels_problems(channels: Sequence[Channel]) -> Iterator[str]:
    if not channels:
        yield "there is no channel; a contact needs one"
    if len(channels) > MAX_CHANNELS:
        yield f"there are {len(channels)} channels; name at most {MAX_CHANNELS}"
    if len({channel.key for channel in channels}) < len(channels):
        yield "a channel is listed twice; name each once"
    for channel in channels:
        yield from (f"{channel.kind.value}: {problem}" for problem in channel_problems(channel))


def channel_problems(channel: Channel) -> Iterator[str]:
    """No message repeats a value, which may be the secret itself."""
    if unknown := sorted(channel.model_extra or ()):
        yield f"{unknown[0]!r} is no field of a channel; it has Kind, To, Url and Secret"
    if channel.kind is ChannelKind.EMAIL:
        if not is_mailbox(channel.to):
            yield "it is no address such as ops@example.com"
        if channel.url or channel.secret:
            yield "a mailbox has no secret; the server that sends is in the settings"
        return
    if channel.kind is ChannelKind.TELEGRAM:
        if not _CHAT.fullmatch(channel.to):
            yield "it names no chat; give its id or @name as `to`"
    elif channel.to:
        yield "only a mailbox or a chat of Telegram has an address; leave `to` out"
    yield from _name_problems(channel.url, "its URL")
    if channel.secret:
        if channel.kind not in _SIGNED:
            yield "its service signs nothing; leave `secret` out"
        else:
            yield from _name_problems(channel.secret, "its secret")


def _name_problems(text: str, what: str) -> Iterator[str]:
    if problem := secret_name_problem(text):
        yield problem
    elif (name := named(text)) is None:
        yield f"{what} is secret: keep it in KMS or a file, and give kms:NAME or file:PATH"
    elif name.file and not name.file.startswith("/"):
        yield "a secret in a file is file:/the/whole/path, since functions run elsewhere"
    elif len(text) > _LONGEST_NAME or not text.isprintable():
        yield f"{what} has no readable name"
