"""Deploy a job's certificates to its SAE slots.

Trigger: CloudEvent certdeploy:WorkerResource:Scheduled with data.Product = SAE.
"""

from shared.domain.events import WorkersScheduled
from shared.domain.resources import CloudProduct
from shared.runtime import App, function
from shared.services.deploy import ShardResult, deploy_workers


@function(None, WorkersScheduled)
def handler(event: WorkersScheduled, app: App) -> ShardResult:
    return deploy_workers(app.world, event, CloudProduct.SAE)
