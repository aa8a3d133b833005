"""Notify the contacts, and test their channels.

Triggers: CloudEvents certdeploy:DeploymentJob:Finished, certdeploy:DeploymentJob:RolledBack,
certdeploy:DeploymentJob:WaveEnded, certdeploy:DeploymentJob:Drafted,
certdeploy:Certificate:ReplacementMissing, certdeploy:CloudResource:Expiring,
certdeploy:CloudResource:Drifted, certdeploy:Notification:Due;
manual, with {} for what is due, or {"Test": {"ContactId": …}}.
"""

from shared.domain.contact_requests import NotifyContacts
from shared.domain.events import (
    JobDrafted,
    JobFinished,
    JobRolledBack,
    NotificationsDue,
    ReplacementMissing,
    SlotsDrifted,
    SlotsExpiring,
    WaveEnded,
)
from shared.runtime import App, function
from shared.services.notify import Asked, Told, notify_on

EVENTS = (
    JobDrafted,
    JobFinished,
    JobRolledBack,
    WaveEnded,
    ReplacementMissing,
    SlotsExpiring,
    SlotsDrifted,
    NotificationsDue,
)


@function(NotifyContacts, *EVENTS)
def handler(message: Asked, app: App) -> Told:
    return notify_on(app.world, message)
