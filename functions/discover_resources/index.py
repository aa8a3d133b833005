"""Discover the slots of the products.

Triggers: timer and manual with {} or {"Products": [...]}; invokes itself once per product and region.
"""

from shared.domain.requests import DiscoverResources
from shared.runtime import App, function
from shared.services.discover import DiscoverResult, discover_resources


@function(DiscoverResources)
def handler(request: DiscoverResources, app: App) -> DiscoverResult:
    return discover_resources(app.world, request)
