"""Look the installation over from where it runs: network, CAS, state, timers, what roles can read.

Changes nothing.

Trigger: manual, with {} or {"PatienceS": …}.
"""

from shared.domain.requests import CheckInstallation
from shared.runtime import App, function
from shared.runtime.doctor import check
from shared.services.doctor import Health


@function(CheckInstallation)
def handler(request: CheckInstallation, app: App) -> Health:
    return check(app, request.patience_s, own_calls=False)
