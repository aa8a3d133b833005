"""Answer what a person asks about jobs, slots and certificates, and do what is asked to be done with a job.

Trigger: manual, with exactly one of the fields of ManageDeploymentJobs (shared/domain/requests.py), such as
{"List": {}}, {"Show": {"JobId": …}} or {"Submit": {"JobId": …, "Digest": …}}. events/ has a sample of each.
"""

from shared.domain.requests import ManageDeploymentJobs
from shared.runtime import App, function
from shared.services.manage import Managed, manage_deployment_jobs


@function(ManageDeploymentJobs)
def handler(request: ManageDeploymentJobs, app: App) -> Managed:
    return manage_deployment_jobs(app.world, request)
