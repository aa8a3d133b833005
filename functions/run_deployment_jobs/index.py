"""Start due jobs, and close those whose workers are settled.

Triggers: timer, every minute; directly after a job is submitted or a product's share is done; manual.
"""

from shared.domain.requests import RunDeploymentJobs
from shared.runtime import App, function
from shared.services.run import RunResult, run_deployment_jobs


@function(RunDeploymentJobs)
def handler(request: RunDeploymentJobs, app: App) -> RunResult:
    return run_deployment_jobs(app.world, request)
