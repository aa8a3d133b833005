"""Create deployment jobs.

Triggers: CloudEvents certdeploy:Certificate:Issued and certdeploy:Certificate:Expiring; manual.
"""

from shared.domain.events import CertificateExpiring, CertificateIssued
from shared.domain.requests import CreateDeploymentJob
from shared.runtime import App, function
from shared.services.create import Created, create_deployment_jobs


@function(CreateDeploymentJob, CertificateIssued, CertificateExpiring)
def handler(message: CreateDeploymentJob | CertificateIssued | CertificateExpiring, app: App) -> Created:
    return create_deployment_jobs(app.world, message)
