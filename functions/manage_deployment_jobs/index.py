"""List, show, preview and roll back deployment jobs; list slots and certificates; tell what needs a hand.

Trigger: manual, with {"List": {}}, {"Show": {"JobId": …}}, {"Preview": {"CertIds": […]}},
{"RollBack": {"JobId": …}}, {"ListResources": {}}, {"ListCertificates": {}} or {"Status": {}}.
"""

from shared.domain.requests import ManageDeploymentJobs
from shared.runtime import App, function
from shared.services.manage import Managed, manage_deployment_jobs


@function(ManageDeploymentJobs)
def handler(request: ManageDeploymentJobs, app: App) -> Managed:
    return manage_deployment_jobs(app.world, request)
