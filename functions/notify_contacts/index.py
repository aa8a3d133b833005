"""Notify the contacts.

Triggers: CloudEvents certdeploy:DeploymentJob:Finished, certdeploy:DeploymentJob:RolledBack,
certdeploy:Certificate:ReplacementMissing, certdeploy:CloudResource:Expiring.
"""

from shared.domain.events import JobFinished, JobRolledBack, ReplacementMissing, SlotsExpiring
from shared.runtime import App, function
from shared.services.notify import Notified, notify_contacts


@function(None, JobFinished, JobRolledBack, ReplacementMissing, SlotsExpiring)
def handler(event: JobFinished | JobRolledBack | ReplacementMissing | SlotsExpiring, app: App) -> Notified:
    return notify_contacts(app.world, event)
