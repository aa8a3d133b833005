"""Validates a job request beyond the types of its fields."""

from datetime import datetime

from shared.domain.requests import CreateDeploymentJob
from shared.validation.contacts import contact_problems
from shared.validation.names import job_name_problems
from shared.validation.problems import refuse_if_any
from shared.validation.schedules import schedule_problems


def check_job(request: CreateDeploymentJob, now: datetime) -> None:
    """Raises InvalidRequestError with every problem, under the names of the request's fields."""
    problems = [f"Name: {problem}" for problem in job_name_problems(request.name)]
    if request.schedule_time is not None:
        late = schedule_problems(request.schedule_time, now)
        problems += [f"ScheduleTime: {problem}" for problem in late]
    problems += [f"ContactIds: {problem}" for problem in contact_problems(request.contact_ids)]
    refuse_if_any("job", problems)
