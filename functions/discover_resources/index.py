"""Ask the products for their slots.

Triggers: timer and manual with {} or {"Products": [...]}: fans out to itself per product and region.
"""

from shared.domain.requests import DiscoverResources
from shared.runtime import App, function
from shared.services.discover import DiscoverResult, discover_resources


@function(DiscoverResources)
def handler(request: DiscoverResources, app: App) -> DiscoverResult:
    return discover_resources(app.world, request)
