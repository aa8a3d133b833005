"""List, show, preview and roll back deployment jobs.

Trigger: manual, with {"List": {}}, {"Show": {"JobId": …}}, {"Preview": {"CertIds": […]}} or
{"RollBack": {"JobId": …}}.
"""

from shared.domain.requests import ManageDeploymentJobs
from shared.runtime import App, function
from shared.services.manage import Managed, manage_deployment_jobs


@function(ManageDeploymentJobs)
def handler(request: ManageDeploymentJobs, app: App) -> Managed:
    return manage_deployment_jobs(app.world, request)
