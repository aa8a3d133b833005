"""Keep asynchronous invocations that failed for good, so that somebody sees them.

Trigger: the failure destination of every other function (Function Compute sends what it gave up).
"""

from shared.domain.dead_letters import FailedInvocation
from shared.runtime import App, function
from shared.services.dead_letters import Recorded, record


@function(FailedInvocation)
def handler(failed: FailedInvocation, app: App) -> Recorded:
    return record(app.world, failed)
