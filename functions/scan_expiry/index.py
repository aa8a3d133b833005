"""Read CAS; announce certificates that were issued or are about to expire.

Triggers: timer; manual with {}; events of the cloud itself, such as an upload (they only make it sooner).
"""

from shared.domain.requests import ScanExpiry
from shared.runtime import App, function
from shared.services.scan import ScanResult, scan_certificates


@function(ScanExpiry)
def handler(request: ScanExpiry, app: App) -> ScanResult:
    return scan_certificates(app.world)
