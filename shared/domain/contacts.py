"""Whom the installation tells, over which channels, and what became of each message."""

import hashlib
from datetime import datetime
from enum import Enum
from typing import Any, Final

from pydantic import AwareDatetime

from shared.domain.moments import ahead
from shared.domain.values import Stored, Versioned, Wire

#: What notifications are about that belong to no job: certificates, and the slots that serve them.
CERTIFICATES: Final = "certificates"


def of_job(job_id: int) -> str:
    """What the notifications of a job are about."""
    return f"job-{job_id}"


class ChannelKind(str, Enum):
    EMAIL = "email"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    LARK = "lark"
    WECOM = "wecom"
    SLACK = "slack"
    TEAMS = "teams"
    TELEGRAM = "telegram"
    WEBHOOK = "webhook"  #: signed as that of the settings is


class Language(str, Enum):
    EN = "en"
    ZH = "zh"
    JA = "ja"


class Channel(Stored):
    """One way to a contact. It names secrets (shared/validation/secret_names.py) and holds none."""

    kind: ChannelKind
    to: str = ""  #: the address of a mailbox; the chat of a bot of Telegram
    url: str = ""  #: the name of the secret that is the robot's URL, which contains its token
    secret: str = ""  #: the name of the secret that signs

    @property
    def key(self) -> str:
        """Distinguishes it from other channels of the contact, whatever their order."""
        told = "\n".join((self.to, self.url, self.secret))
        return f"{self.kind.value}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"

    def __str__(self) -> str:
        """For people; it says no secret, since it holds none."""
        return " ".join(filter(None, (self.kind.value, self.url, self.to)))


class Contact(Versioned):
    """Somebody who is told: a person, or a room where several read."""

    contact_id: int
    name: str
    language: Language = Language.EN
    default: bool = False  #: is told of automatic jobs, and of certificates that nothing replaces
    channels: tuple[Channel, ...] = ()


class CasContact(Wire):
    """A contact in CAS, whom CAS itself tells."""

    contact_id: int
    name: str
    email: str = ""
    mobile: str = ""


class Notification(Versioned):
    """One change of state, as it is told to these contacts. Its content holds no secrets."""

    about: str  #: `of_job`, or CERTIFICATES
    notification_id: str
    body: dict[str, Any]
    contact_ids: tuple[int, ...]
    created_at: AwareDatetime


class DeliveryStatus(str, Enum):
    PENDING = "pending"
    DELIVERED = "delivered"
    REFUSED = "refused"  #: by the receiver, in a way that another try would not change
    GIVEN_UP = "given up"  #: after a day of tries

    @property
    def ended(self) -> bool:
        return self is not DeliveryStatus.PENDING


class Delivery(Versioned):
    """What became of a notification over one channel of one contact."""

    about: str
    notification_id: str
    contact_id: int
    channel: str  #: `Channel.key`
    contact: str = ""  #: the name
    over: str = ""  #: the channel, for people
    status: DeliveryStatus = DeliveryStatus.PENDING
    reason: str = ""
    attempts: int = 0
    lease_until: AwareDatetime | None = None
    not_before: AwareDatetime | None = None  #: the next try
    ended_at: AwareDatetime | None = None

    def waits(self, now: datetime) -> bool:
        """For its next try, or for the end of one that somebody has in hand."""
        return ahead(self.lease_until, now) or ahead(self.not_before, now)
