"""Set the policies, and drop dead letters.

Trigger: manual, with {"SetPolicies": {"Text": …, "Version": …}} or {"DropDeadLetters": {"Names": […]}}.
"""

from shared.domain.installation_requests import ManagedInstallation, ManageInstallation
from shared.runtime import App, function
from shared.services.manage_installation import manage_installation


@function(ManageInstallation)
def handler(request: ManageInstallation, app: App) -> ManagedInstallation:
    return manage_installation(app.world, request)
