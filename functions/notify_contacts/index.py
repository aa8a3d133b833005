"""Tell the contacts.

Triggers: CloudEvents certdeploy:DeploymentJob:Finished, certdeploy:Certificate:ReplacementMissing.
"""

from shared.domain.events import JobFinished, ReplacementMissing
from shared.runtime import App, function
from shared.services.notify import Notified, notify_contacts


@function(None, JobFinished, ReplacementMissing)
def handler(event: JobFinished | ReplacementMissing, app: App) -> Notified:
    return notify_contacts(event, app.world)
