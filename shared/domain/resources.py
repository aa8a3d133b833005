"""Cloud resources. A CloudResource is a slot: one place that holds one server certificate."""

from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Final, Protocol

from pydantic import AwareDatetime

from shared.domain.accounts import OWN, within
from shared.domain.names import HostNames
from shared.domain.values import Stored, Versioned

NO_CERTIFICATE: Final = "none"
LONGEST_REST_HOURS: Final = 168.0  #: of a region that is empty again and again
_EMPTY_PASSES: Final = 3  #: after which a region is taken for one that is not used


class CloudProduct(str, Enum):
    """CAS's product codes."""

    ACK = "ACK"
    ALB = "ALB"
    API_GATEWAY = "APIGateway"
    AWS = "AWS"
    CDN = "CDN"
    DCDN = "DCDN"
    DDOS = "DDOS"
    ESA = "ESA"
    FC = "FC"
    GA = "GA"
    LIVE = "LIVE"
    MSE = "MSE"
    NLB = "NLB"
    OSS = "OSS"
    PAI = "PAI"
    SAE = "SAE"
    SLB = "SLB"
    VOD = "VOD"
    WAF = "WAF"


class SlotRole(str, Enum):
    DOMAIN = "domain"  #: the certificate of one domain name
    DEFAULT = "default"  #: of a listener
    ADDITIONAL = "additional"  #: one of several that a listener chooses from by SNI


class Named(Protocol):
    """What tells a certificate's names: as CAS lists it, or as it is served."""

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def other_names(self) -> tuple[str, ...]: ...


class CloudResource(Stored):
    """One slot as discovery saw it.

    `domains` are the names the slot answers to. A slot without a domain of its own, such as a listener,
    has none until the names of the certificate in place are filled in (`domains_of_certificate`).
    """

    product: CloudProduct
    account: str = OWN  #: that it is in
    region: str = ""  #: "" where the product is global
    resource_id: str  #: unique within product and area
    location: str = ""  #: the instance's own region, where the product is global
    instance_id: str = ""
    instance_name: str = ""
    listener_id: str = ""
    port: int | None = None
    role: SlotRole = SlotRole.DOMAIN
    kind: str = ""  #: which of the product's kinds of slot, where it has several
    domains: HostNames = ()
    domains_of_certificate: bool = False
    other_names: tuple[str, ...] = ()  #: of that certificate, which match nothing: see `certificate_names`
    https: bool = True
    cert_identifier: str = ""  #: the certificate in place, as CAS identifies it; "" = none
    cert_not_after: AwareDatetime | None = None
    cert_key: str = (
        ""  #: kind and size of its key, such as "RSA 2048", where the product shows the certificate
    )
    endpoint: str = ""  #: host:port where a TLS client meets this slot; "" = not known
    server_names: tuple[str, ...] = ()  #: names served at `endpoint`, where they are not `domains`
    writer_id: str = ""  #: what one writer at a time may change, if more than the listener or domain
    batch_obstacle: str = ""  #: why a job with several certificates leaves it alone
    obstacle: str = ""  #: why nothing can be deployed here, with the step that is missing
    follows: str = ""  #: the slot that brings it its certificate: that one is written
    fronted_by: str = ""  #: of a bucket's domain: the CDN or DCDN slot in front of it; see `fronts`

    def named_by(self, certificate: "Named") -> "CloudResource":
        """With the names of the certificate in place, where it has none of its own."""
        if not self.domains_of_certificate:
            return self
        return self.evolve(domains=certificate.names, other_names=certificate.other_names)

    @property
    def area(self) -> str:
        """Its region within its account."""
        return within(self.account, self.region)

    @property
    def slot(self) -> str:
        """Unique among all products and accounts."""
        return f"{self.product.value}/{self.area or '-'}/{self.resource_id}"

    @property
    def place(self) -> str:
        """How its name begins whatever it carries: that of an additional one may end with its certificate."""
        listener = f"{self.product.value}/{self.area or '-'}/{self.listener_id}/"
        additional = self.role is SlotRole.ADDITIONAL and self.slot.startswith(listener)
        return listener if additional else self.slot

    @property
    def writer(self) -> str:
        """Slots with the same writer are changed one after the other."""
        changed = self.writer_id or self.listener_id or self.resource_id
        return f"{self.product.value}/{self.area or '-'}/{changed}"


class Placed(Stored):
    """What the last job left on a slot, by deploying or by rolling back."""

    cert_identifier: str = ""  #: "": no certificate, as before the job
    fingerprint: str = ""  #: as CAS tells it
    not_after: AwareDatetime | None = None
    job_id: int
    at: AwareDatetime


class ResourceRecord(Versioned):
    resource: CloudResource
    seen_at: AwareDatetime
    placed: Placed | None = None  #: None: no job did, or it was accepted that another is there
    drift_told: str = ""  #: the certificate whose being there instead was told, or NO_CERTIFICATE
    told_days: float | None = (
        None  #: the last warning time that was told, if CAS does not know its certificate
    )
    memo: str = ""  #: what the adapter kept of it, for its next discovery; "": it is read anew
    missed: bool = False  #: a discovery has not seen it, and is about to remove it

    def is_of_day(self, at: datetime) -> bool:
        """Whether it was written for what was seen on that day (UTC)."""
        return self.seen_at.astimezone(timezone.utc).date() == at.astimezone(timezone.utc).date()


class SyncState(str, Enum):
    SYNCING = "syncing"
    SYNCED = "synced"
    PARTIAL = "partial"  #: read, but for parts that could not be
    FAILED = "failed"
    OUTSIDE = "outside"  #: nothing to discover here: none of the product's regions is in the scope

    @property
    def complete(self) -> bool:
        """Whether all was seen that there is to see."""
        return self in (SyncState.SYNCED, SyncState.OUTSIDE)


class SyncStatus(Versioned):
    """How the last discovery of one product in one region went ("" : global, or the list of regions)."""

    product: CloudProduct
    account: str = OWN
    region: str = ""
    state: SyncState
    count: int = 0
    reason: str = ""
    code: str = ""  #: the error's, where it is not complete: as `shared.errors` names it
    unread: tuple[str, ...] = ()  #: parts that could not be read, each with why; the first of them
    #: how the resource ids begin of all that could not be read, unless it failed; "": anywhere in the region
    unread_within: tuple[str, ...] = ()
    empty_passes: int = 0  #: how often in a row it was read whole, and held nothing
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    whole_at: AwareDatetime | None = None  #: beginning of the last one that read it whole

    def last_seen(self, record: ResourceRecord) -> datetime:
        """When a slot of the region was seen last: one that was as its row says was not written."""
        return max(record.seen_at, self.whole_at or record.seen_at)

    @property
    def area(self) -> str:
        """The region within its account."""
        return within(self.account, self.region)

    def rests(self, now: datetime, hours: float) -> bool:
        """Whether it need not be asked yet, for it has been empty again and again."""
        empty = self.state is SyncState.SYNCED and self.empty_passes >= _EMPTY_PASSES
        if not empty or self.finished_at is None:
            return False
        return timedelta(0) <= now - self.finished_at < timedelta(hours=hours)


class Sweep(Versioned):
    """How far a discovery of one product in one region is that takes several invocations."""

    product: CloudProduct
    account: str = OWN
    region: str = ""
    started_at: AwareDatetime  #: of the first invocation: what it finds was seen then
    handed_on_at: AwareDatetime
    read: tuple[str, ...] = ()  #: digests of the parts that were read
    count: int = 0  #: slots found
    empty_passes: int = 0  #: of the region before it
    unread: tuple[str, ...] = ()  #: parts that could not be read, each with why; the first of them
    unread_within: tuple[str, ...] = ()  #: as of SyncStatus
    unread_parts: tuple[str, ...] = ()  #: digests of all of them

    @property
    def area(self) -> str:
        """The region within its account."""
        return within(self.account, self.region)
