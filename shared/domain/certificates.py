"""Certificates as CAS lists them: public facts only, never a PEM, never a key."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from pydantic import AwareDatetime

from shared.domain.accounts import OWN, within
from shared.domain.levels import Level
from shared.domain.names import HostNames, patterns
from shared.domain.values import Stored, Versioned

_LONGEST_ID: Final = 19  #: digits
#: CAS's stores, each at a host of its own: the China site's first, then the International site's. The
#: vendor lists a host in Frankfurt as well; other deployers offer these three.
STORES: Final = ("cn-hangzhou", "ap-southeast-1", "eu-central-1")


_TOLD_LAST: Final = 8  #: events that may be on their way, while the owner's receiver is down


class CertificateSource(str, Enum):
    """CAS's certificate types: one per job."""

    BUY = "BUY"
    TEST = "TEST"
    UPLOAD = "UPLOAD"
    OTHER = "OTHER"  #: CAS tells none, or a word that is not known


class CertificateStatus(str, Enum):
    ISSUED = "issued"
    WILL_EXPIRE = "willExpire"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OTHER = "other"  #: as in CertificateSource


class ChainLink(Stored):
    """A certificate of a chain, as CAS tells of it (GetCertificateDetail).

    Whether names are common names or whole distinguished names is not documented: see `ca_names`.
    """

    subject: str
    issuer: str
    not_after: AwareDatetime | None = None


class Certificate(Stored):
    """One certificate in one CAS store (ListCertificates of CAS 2020-04-07)."""

    cert_id: int
    store: str  #: one of STORES
    account: str = OWN  #: whose CAS it is in
    name: str
    source: CertificateSource
    status: CertificateStatus
    names: HostNames  #: DNS names that clients accept, see `certificate_names`
    other_names: tuple[str, ...] = ()  #: of other kinds, or no names at all: nothing is matched by them
    algorithm: str  #: RSA, ECC or SM2
    key_size: int | None = None  #: bits; None: CAS does not tell
    has_private_key: bool | None = True  #: None: CAS does not tell
    fingerprint: str = ""  #: lower-case hex without colons; SHA-1 or SHA-256 by its length
    serial: str = ""  #: lower-case hex without leading zeros
    issuer: str = ""
    organisation: str = ""  #: of the owner, where the CA has checked it, or CAS's number for it
    chain: tuple[ChainLink, ...] | None = None  #: empty: CAS does not tell it; None: it was not asked yet
    level: Level | None = None  #: as more than names tell it; None: not asked for yet
    not_before: AwareDatetime
    not_after: AwareDatetime

    @property
    def identifier(self) -> str:
        """CAS's CertIdentifier: the handle that products take; of another account, with that in it."""
        return f"{self.cert_id}-{self.home}"

    @property
    def home(self) -> str:
        """The store within its account."""
        return within(self.account, self.store)

    def covers(self, name: str) -> bool:
        return any(pattern in self.names for pattern in patterns(name))

    def why_not_deployable(self, now: datetime) -> str | None:
        """Why CAS itself would refuse to deploy this certificate; None if it would not."""
        if self.algorithm == "SM2":
            return "it is an SM2 certificate, which this version does not deploy"
        if self.has_private_key is None:
            return "CAS tells neither its kind of key nor whether it holds it; upload it with its key"
        if not self.has_private_key:
            return "CAS does not hold its private key (the CSR was made elsewhere)"
        if self.status is CertificateStatus.REVOKED:
            return "it is revoked"
        if self.status is CertificateStatus.OTHER:
            return "CAS tells of it a state that is not known"
        if self.not_after <= now:
            return f"it expired on {self.not_after:%Y-%m-%d}; renew it first"
        if self.not_before > now + timedelta(minutes=5):
            return f"it is valid only from {self.not_before:%Y-%m-%d %H:%M} UTC"
        if any(0x4E00 <= ord(char) <= 0x9FFF for char in self.name):
            return "its name in CAS has Chinese characters; rename it first"
        return None


class CertificateRecord(Versioned):
    """What we know of a certificate, and what we have told of it."""

    certificate: Certificate
    issued_handled: bool = False  #: planned for; until then each scan announces it again
    issued_unseen: tuple[str, ...] = ()  #: but for these parts (see services/unseen), which nobody could read
    expiring_handled_days: float | None = None  #: the last of its warning times that was dealt with
    expiring_unseen: tuple[str, ...] = ()  #: but for these parts
    #: its last warning time had passed at the baseline: the slots are told when they are known, not replaced
    only_told: bool = False
    level_asked_at: AwareDatetime | None = None  #: when a place that serves it was asked for its level last
    missing_told: tuple[str, ...] = ()  #: digests of the last `ReplacementMissing` events about it

    def telling(self, digest: str) -> "CertificateRecord":
        """Stored before the event with this digest is sent: contacts are told nothing else."""
        return self.evolve(missing_told=(*self.missing_told, digest)[-_TOLD_LAST:])


def is_bare_id(text: str) -> bool:
    """Whether it is the number of a certificate in CAS, without its store: 64 bits at most.

    `isdigit` alone takes "²", which `int` refuses, as it does thousands of digits.
    """
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID


def identifier_of(value: str, default_store: str = STORES[0]) -> str:
    """The CertIdentifier that a product means by `value`; bare ids belong to the default store."""
    text = value.strip()
    return f"{text}-{default_store}" if is_bare_id(text) else text


def cert_id_of(identifier: str) -> int | None:
    """The CAS id within an identifier; None where it is another store's own form."""
    head = identifier.partition("-")[0]
    return int(head) if is_bare_id(head) else None
