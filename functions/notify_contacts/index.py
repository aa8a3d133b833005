"""Notify the contacts.

Triggers: CloudEvents certdeploy:DeploymentJob:Finished, certdeploy:DeploymentJob:RolledBack,
certdeploy:Certificate:ReplacementMissing.
"""

from shared.domain.events import JobFinished, JobRolledBack, ReplacementMissing
from shared.runtime import App, function
from shared.services.notify import Notified, notify_contacts


@function(None, JobFinished, JobRolledBack, ReplacementMissing)
def handler(event: JobFinished | JobRolledBack | ReplacementMissing, app: App) -> Notified:
    return notify_contacts(app.world, event)
