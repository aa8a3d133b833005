"""How far CAS's own deployment job is with a slot, in its words and in ours."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from shared.cloud.cas_jobs import EDITING
from shared.errors import CloudError, CloudRejectedError

_UNDER_WAY: Final = frozenset({"pending", "scheduling", "processing"})
FOLLOWING: Final = "ListWorkerResource"  #: the action of what a job there is told to have come to


class Stage(Enum):
    UNKNOWN = 1  #: CAS has no work with the slot
    UNDER_WAY = 2
    DONE = 3  #: CAS says that the certificate is in place
    FAILED = 4


@dataclass(frozen=True)
class Standing:
    stage: Stage
    error: CloudError | None = None
    told: str = ""  #: of one that is under way


WAITS: Final = Standing(Stage.UNDER_WAY)
DONE: Final = Standing(Stage.DONE)
NOTHING: Final = Standing(Stage.UNKNOWN)


def standing_of(job_id: int, status: str, of_job: str) -> Standing:
    """`status`: the worker's there; `of_job`: the job's, where the worker has none or has not begun."""
    if status in _UNDER_WAY or (status in ("", EDITING) and of_job in _UNDER_WAY):
        return Standing(Stage.UNDER_WAY, told=f"CAS's job {job_id} is {of_job or status} for it")
    if status == "success":
        return DONE
    if status == "error":
        return failed("WorkerError", f"CAS's job {job_id} ended in error here, and tells no reason")
    if status.startswith("rollback"):
        return failed("RolledBack", f"somebody has rolled it back in CAS's job {job_id}")
    if of_job == EDITING:
        return failed("TakenBack", f"somebody has taken CAS's job {job_id} back to be edited")
    if status == "":
        return failed("NoWorker", f"CAS's job {job_id} ended ({of_job}) and has no part for this slot")
    return failed("UnknownStatus", f"CAS's job {job_id} tells a status that is not known: {status}")


def failed(code: str, why: str) -> Standing:
    return Standing(Stage.FAILED, CloudRejectedError(FOLLOWING, code, why))
