"""Read CAS; announce certificates that were issued and those near their end.

Triggers: timer; manual with {}; an event of the cloud itself, such as an upload, only makes it sooner.
"""

from shared.domain.requests import ScanExpiry
from shared.runtime import App, function
from shared.services.scan import ScanResult, scan_certificates


@function(ScanExpiry)
def handler(request: ScanExpiry, app: App) -> ScanResult:
    return scan_certificates(app.world)
