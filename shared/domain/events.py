"""CloudEvents 1.0 between our functions: their types, their data, and who consumes each."""

from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct
from shared.domain.values import Wire

SOURCE = "certdeploy"


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


class ReplacementMissing(EventData):
    """A certificate is about to expire, is in service, and nothing in CAS can replace it."""

    type = "certdeploy:Certificate:ReplacementMissing"
    consumer = "notify_contacts"
    certificate: Certificate
    days_left: int
    slots: tuple[str, ...]
    reason: str = ""  #: why what CAS has was not taken; "": it has nothing


class SlotsExpiring(EventData):
    """Slots serve a certificate that is about to end, or has, and that CAS does not know."""

    type = "certdeploy:CloudResource:Expiring"
    consumer = "notify_contacts"
    cert_identifier: str  #: as the product tells it, such as a fingerprint
    not_after: AwareDatetime
    days_left: int
    threshold_days: float  #: the warning time that was passed; told once for each
    slots: tuple[str, ...]


class JobFinished(EventData):
    type = "certdeploy:DeploymentJob:Finished"
    consumer = "notify_contacts"
    job_id: int


class JobRolledBack(EventData):
    """All workers of a finished job that were to be rolled back have ended."""

    type = "certdeploy:DeploymentJob:RolledBack"
    consumer = "notify_contacts"
    job_id: int


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

    model_config = ConfigDict(frozen=True)
    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1)
    source: str = Field(min_length=1)
    type: str
    subject: str = ""
    time: AwareDatetime
    datacontenttype: str = "application/json;charset=utf-8"
    data: dict[str, Any] = {}
