"""Discover the slots in clusters, whose Secrets are certificates with their keys: by a role of its own.

Trigger: discover_resources invokes it once per region; it invokes itself where one takes several invocations.
"""

from shared.domain.requests import DiscoverResources
from shared.runtime import App, function
from shared.services.discover import DiscoverResult, discover_clusters


@function(DiscoverResources)
def handler(request: DiscoverResources, app: App) -> DiscoverResult:
    return discover_clusters(app.world, request)
