"""Show which certificates nothing needs any more, in CAS and in products' own stores; delete those approved.

Trigger: manual, with {} for a preview, or {"Delete": {"Certificates": […], "Stored": […]}}.
"""

from shared.domain.clean_up_requests import CleanUpCertificates
from shared.runtime import App, function
from shared.services.clean_up import clean_up_certificates
from shared.services.cleaned import CleanUp


@function(CleanUpCertificates)
def handler(request: CleanUpCertificates, app: App) -> CleanUp:
    return clean_up_certificates(app.world, request)
