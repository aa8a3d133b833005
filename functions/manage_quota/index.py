"""Show the quota and its history, add what was bought, set its mode and what is free.

Trigger: manual, with {"Show": {}}, {"Add": {"Count": …}}, {"Set": {"Mode": …}} or {"History": {}}.
"""

from shared.domain.quota_requests import ManageQuota
from shared.runtime import App, function
from shared.services.quota_ledger import ManagedQuota, manage_quota


@function(ManageQuota)
def handler(request: ManageQuota, app: App) -> ManagedQuota:
    return manage_quota(app.world, request)
