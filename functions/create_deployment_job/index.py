"""Create deployment jobs.

Triggers: CloudEvents certdeploy:Certificate:Issued, certdeploy:Certificate:Expiring and
certdeploy:CloudResource:Ending; manual.
"""

from shared.domain.events import CertificateExpiring, CertificateIssued, SlotsEnding
from shared.domain.requests import CreateDeploymentJob
from shared.runtime import App, function
from shared.services.create import Created, create_deployment_jobs


@function(CreateDeploymentJob, CertificateIssued, CertificateExpiring, SlotsEnding)
def handler(
    message: CreateDeploymentJob | CertificateIssued | CertificateExpiring | SlotsEnding, app: App
) -> Created:
    return create_deployment_jobs(app.world, message)
