"""CAS's own deployment jobs: its cloud resources, jobs and their workers, in one store of the account.

Traps of the API: times are texts of ms, numbers are texts in one list and numbers in the other, lists count
by `Total`; CreateDeploymentJob has no ClientToken; why a worker failed is told nowhere.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from shared.cloud.api import Action, Api
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields
from shared.domain.resources import CloudProduct
from shared.errors import UnreadableAnswerError

Row = TypeVar("Row")

LIST_CLOUD_RESOURCES: Final = Action("ListCloudResources")
CREATE_DEPLOYMENT_JOB: Final = Action("CreateDeploymentJob", writes=True)
UPDATE_DEPLOYMENT_JOB: Final = Action("UpdateDeploymentJob", writes=True)
UPDATE_DEPLOYMENT_JOB_STATUS: Final = Action("UpdateDeploymentJobStatus", writes=True)
DELETE_DEPLOYMENT_JOB: Final = Action("DeleteDeploymentJob", writes=True)
DESCRIBE_DEPLOYMENT_JOB: Final = Action("DescribeDeploymentJob")
LIST_DEPLOYMENT_JOB: Final = Action("ListDeploymentJob")
LIST_WORKER_RESOURCE: Final = Action("ListWorkerResource")
ACTIONS: Final = (
    LIST_CLOUD_RESOURCES,
    CREATE_DEPLOYMENT_JOB,
    UPDATE_DEPLOYMENT_JOB,
    UPDATE_DEPLOYMENT_JOB_STATUS,
    DELETE_DEPLOYMENT_JOB,
    DESCRIBE_DEPLOYMENT_JOB,
    LIST_DEPLOYMENT_JOB,
    LIST_WORKER_RESOURCE,
)
_log = logging.getLogger("certdeploy.cas")
_RESOURCES: Final = 500  #: of a page; clients that run against the real cloud ask for so many
_ROWS: Final = 50  #: the default of the other lists, whose maximum is not published
EDITING: Final = "editing"
_ALIYUN: Final = "aliyun"
_OF_PRODUCTS: Final = "user"  #: JobType: Alibaba Cloud's own products


@dataclass(frozen=True)
class CasResource:
    """A row of CAS's cache of cloud resources. Of a listener it tells which; "" and None: it does not."""

    resource_id: int
    domain: str
    cert_id: int | None
    instance_id: str = ""
    listener_id: str = ""  #: without its port
    port: int | None = None
    default: bool | None = None  #: whether it is the listener's default
    region: str = ""


@dataclass(frozen=True)
class CasJob:
    job_id: int
    name: str
    status: str  #: editing, pending, scheduling, processing, success, error


@dataclass(frozen=True)
class CasWorker:
    """`status`: as of a job; or rollback, rollback_success, rollback_error."""

    worker_id: int
    resource_id: int
    cert_id: int | None
    status: str


@dataclass(frozen=True)
class CasJobContent:
    """What a job is to do: one certificate, onto these resources, told to these contacts of CAS."""

    cert_id: int
    resource_ids: Sequence[int]
    contact_ids: Sequence[int]

    def params(self) -> dict[str, str]:
        return {
            "CertIds": str(self.cert_id),
            "ResourceIds": ",".join(map(str, self.resource_ids)),
            "ContactIds": ",".join(map(str, self.contact_ids)),
        }


class CasJobs:
    def __init__(self, openapi: OpenApi, api: Api, store: str) -> None:
        self._openapi, self._api, self._store = openapi, api, store

    def resources(self, product: CloudProduct) -> list[CasResource]:
        """Those of a product that CAS knows by now. A row that cannot be read is left out."""
        params = {"CloudName": _ALIYUN, "CloudProduct": product.value}
        return list(_read(self._rows(LIST_CLOUD_RESOURCES, params, _RESOURCES), _resource))

    def create(self, name: str, content: CasJobContent) -> int:
        """Its id. It does not begin before it is submitted.

        Raises:
            CloudUnavailableError: it may have been created; look for its name before creating it again.
        """
        params = {"Name": name, "JobType": _OF_PRODUCTS, **content.params()}
        return self._call(CREATE_DEPLOYMENT_JOB, params).needed_number("JobId")

    def change(self, job_id: int, content: CasJobContent) -> None:
        """Of one that is `editing`."""
        self._call(UPDATE_DEPLOYMENT_JOB, {"JobId": job_id, **content.params()})

    def submit(self, job_id: int) -> None:
        """Have it begin at once.

        Raises:
            CloudRejectedError: InsufficientQuota, among others.
        """
        self._call(UPDATE_DEPLOYMENT_JOB_STATUS, {"JobId": job_id, "Status": "pending"})

    def delete(self, job_id: int) -> None:
        self._call(DELETE_DEPLOYMENT_JOB, {"JobId": job_id})

    def status(self, job_id: int) -> str:
        """Raises CloudRejectedError (NotFound): there is no such job."""
        return self._call(DESCRIBE_DEPLOYMENT_JOB, {"JobId": job_id}).needed("Status").lower()

    def named(self, prefix: str) -> list[CasJob]:
        """The jobs whose names begin so.

        Raises:
            UnreadableAnswerError: a row cannot be read. It may be one of them, which is not made twice.
        """
        rows = self._rows(LIST_DEPLOYMENT_JOB, {"JobType": _OF_PRODUCTS}, _ROWS)
        return [
            CasJob(row.needed_number("Id"), row.needed("Name"), row.needed("Status").lower())
            for row in rows
            if row.needed("Name").startswith(prefix)
        ]

    def workers(self, job_id: int) -> list[CasWorker]:
        """A row that cannot be read is left out: of its slot nothing is known, then."""
        return list(_read(self._rows(LIST_WORKER_RESOURCE, {"JobId": job_id}, _ROWS), _worker))

    def _call(self, action: Action, params: Mapping[str, Any]) -> Fields:
        return self._openapi.call(self._api, action, params, region=self._store)

    def _rows(self, action: Action, params: Mapping[str, Any], size: int) -> Iterator[Fields]:
        """The rows of all pages, each once. A page without a new one is the last, whatever the total says."""
        seen: set[str] = set()
        page = 0
        while True:
            page += 1
            answer = self._call(action, {**params, "CurrentPage": page, "ShowSize": size})
            rows, total = answer.rows("Data"), answer.number("Total")
            new = [row for row in rows if str(row.get("Id")) not in seen]
            seen |= {str(row.get("Id")) for row in new}
            yield from new
            told = total is not None and len(seen) >= total  # it may be off, or a page smaller than asked for
            if not new or (told and len(rows) != size):
                return


def _read(rows: Iterable[Fields], read: Callable[[Fields], Row]) -> Iterator[Row]:
    for row in rows:
        try:
            yield read(row)
        except UnreadableAnswerError as error:
            _log.warning("a row was left out", extra={"reason": str(error)})


def _worker(row: Fields) -> CasWorker:
    return CasWorker(
        row.needed_number("Id"),
        row.needed_number("ResourceId"),
        row.number("CertId"),
        row.needed("Status").lower(),
    )


def _resource(row: Fields) -> CasResource:
    return CasResource(
        row.needed_number("Id"),
        row.text("Domain"),
        row.number("CertId"),
        row.text("InstanceId"),
        row.text("ListenerId").partition("@")[0],
        row.number("ListenerPort"),
        row.flag("DefaultResource"),
        row.text("RegionId") or row.text("CloudRegion"),
    )
