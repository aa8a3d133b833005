"""CloudEvents 1.0 between our functions: their types, their data, and who consumes each."""

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from shared.domain.resources import CloudProduct
from shared.domain.values import Wire

SOURCE = "certdeploy"
_SLOTS_BYTES: Final = 32 * 1024  #: of the slots that an event names; the platform takes 128 KB as a whole
_REASON_LENGTH: Final = 2000  #: characters
AnEvent = TypeVar("AnEvent", bound="AboutSlots")


def digest_of(slots: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(slots).encode()).hexdigest()[:16]


class EventData(Wire):
    """Data of one event type. Producers may grow: fields that we do not know are ignored."""

    model_config = ConfigDict(extra="ignore")
    type: ClassVar[str]
    consumer: ClassVar[str]  #: the function it is sent to


class CertificateIssued(EventData):
    type = "certdeploy:Certificate:Issued"
    consumer = "create_deployment_job"
    cert_identifier: str


class CertificateExpiring(EventData):
    type = "certdeploy:Certificate:Expiring"
    consumer = "create_deployment_job"
    cert_identifier: str
    days_left: int
    threshold_days: float  #: the warning time that was passed; told once for each


class AboutSlots(Wire):
    """Slots of one certificate need attention. Of very many, the event names the first and says how many."""

    slots: tuple[str, ...]
    slot_count: int = 0  #: of all; 0 in events of version 0.1, which named each of them
    slots_digest: str = ""  #: of all, so that other slots of the certificate are no repetition

    @classmethod
    def about(cls: type[AnEvent], slots: Sequence[str], *, reason: str = "", **facts: Any) -> AnEvent:
        """About these slots, in an event that stays within the platform's limit however many they are."""
        named, room = [], _SLOTS_BYTES
        for slot in slots:
            room -= len(slot.encode())
            if room < 0:
                break
            named.append(slot)
        told = {"reason": reason if len(reason) <= _REASON_LENGTH else f"{reason[:_REASON_LENGTH]} …"}
        return cls(
            slots=tuple(named),
            slot_count=len(slots),
            slots_digest=digest_of(slots),
            **(told if reason else {}),
            **facts,
        )

    @property
    def digest(self) -> str:
        """Of all that it says. What an older version did not say is left out, as that version told it."""
        return hashlib.sha256(self.model_dump_json(exclude_none=True).encode()).hexdigest()[:16]

    @property
    def not_named(self) -> int:
        """How many slots the event is about but does not name."""
        return max(0, self.slot_count - len(self.slots))


class ReplacementMissing(AboutSlots, EventData):
    """A certificate is about to expire, is in service, and nothing in CAS can replace it."""

    type = "certdeploy:Certificate:ReplacementMissing"
    consumer = "notify_contacts"
    cert_identifier: str
    name: str
    not_after: AwareDatetime
    days_left: int
    reason: str = ""  #: why what CAS has was not taken; "": it has nothing
    threshold_days: float | None = None  #: the warning time that was passed; events of version 0.1 have none

    @model_validator(mode="before")
    @classmethod
    def _of_version_0_1(cls, data: Any) -> Any:
        """Version 0.1 sent the certificate as a whole; its events may come late."""
        if not isinstance(data, dict) or not isinstance(whole := data.get("Certificate"), dict):
            return data
        identifier = f"{whole.get('CertId')}-{whole.get('Store')}"
        facts = {"CertIdentifier": identifier, "Name": whole.get("Name"), "NotAfter": whole.get("NotAfter")}
        return {**facts, **data}


class SlotsEnding(EventData):
    """Slots serve a certificate that CAS does not know and that is about to end, or has: plan for them."""

    type = "certdeploy:CloudResource:Ending"
    consumer = "create_deployment_job"
    slot_count: int  #: for people


class SlotsExpiring(AboutSlots, EventData):
    """Slots serve a certificate that is about to end, or has, and that CAS does not know."""

    type = "certdeploy:CloudResource:Expiring"
    consumer = "notify_contacts"
    cert_identifier: str  #: as the product tells it, such as a fingerprint
    not_after: AwareDatetime
    days_left: int
    threshold_days: float  #: the warning time that was passed; told once for each


class SlotsDrifted(AboutSlots, EventData):
    """Slots do not carry any more what the last job put there."""

    type = "certdeploy:CloudResource:Drifted"
    consumer = "notify_contacts"


class JobFinished(EventData):
    type = "certdeploy:DeploymentJob:Finished"
    consumer = "notify_contacts"
    job_id: int


class JobRolledBack(EventData):
    """All workers of a finished job that were to be rolled back have ended."""

    type = "certdeploy:DeploymentJob:RolledBack"
    consumer = "notify_contacts"
    job_id: int


class JobDrafted(EventData):
    """A draft waits for approval."""

    type = "certdeploy:DeploymentJob:Drafted"
    consumer = "notify_contacts"
    job_id: int


class WaveEnded(EventData):
    """All workers of a job's wave have ended, and the next one waits for somebody."""

    type = "certdeploy:DeploymentJob:WaveEnded"
    consumer = "notify_contacts"
    job_id: int
    wave: int  #: counted from 0


class NotificationsDue(EventData):
    """Something that contacts are to be told was put off until now."""

    type = "certdeploy:Notification:Due"
    consumer = "notify_contacts"


class WorkersScheduled(EventData):
    """A shard of a job, or of its rollback, is due. Consumed by the product's own function."""

    type = "certdeploy:WorkerResource:Scheduled"
    consumer = "deploy_{product}"
    job_id: int
    product: CloudProduct
    shard: int = 0
    shards: int = 1  #: how many of the product were handed out with it: they share its rates


class CloudEvent(BaseModel):
    """The envelope (CloudEvents 1.0, JSON format). Extensions, such as Alibaba's, are ignored."""

    model_config = ConfigDict(frozen=True, defer_build=True)
    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1)
    source: str = Field(min_length=1)
    type: str
    subject: str = ""
    time: AwareDatetime
    datacontenttype: str = "application/json;charset=utf-8"
    data: dict[str, Any] = {}
