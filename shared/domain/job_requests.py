"""What a person may ask to be done with a job that exists: each names the job, and what else it takes."""

from pydantic import Field

from shared.domain.values import Wire


class SubmitDeploymentJob(Wire):
    """Run a draft as it was shown. Of one that is submitted already, the answer is the same."""

    job_id: int
    digest: str = Field(min_length=1)  #: that `job show` tells; refused if the job was edited since


class DiffDeploymentJob(Wire):
    """What has moved since a job that has not begun was drafted."""

    job_id: int


class CancelDeploymentJob(Wire):
    """What is under way goes on to its end; the rest is not begun."""

    job_id: int
