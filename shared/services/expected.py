"""What a plan is expected to cost in calls and time, by the rates that its products' actions declare."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from shared.cloud.pacing import UNPUBLISHED
from shared.domain.expected import Expected
from shared.domain.plans import PlanEntry
from shared.domain.resources import CloudProduct
from shared.products import adapter_class

_LOOKS: Final = 2  #: before the write, and after it


def expected(deployments: Iterable[PlanEntry]) -> Expected:
    """Products and regions go side by side, each at its own rates; so the longest of them counts."""
    slots = Counter((one.resource.product, one.resource.region) for one in deployments)
    spans = (count * max(_seconds(product)) for (product, _), count in slots.items())
    return Expected(calls=(_LOOKS + 1) * slots.total(), seconds=max(spans, default=0.0))


def _seconds(product: CloudProduct) -> tuple[float, float]:
    """Of a slot: at the slowest of the product's writes, and of its reads."""
    actions = adapter_class(product).actions.values()
    writes = [action.per_second or UNPUBLISHED for action in actions if action.writes]
    reads = [action.per_second or UNPUBLISHED for action in actions if not action.writes]
    return 1 / min(writes, default=UNPUBLISHED), _LOOKS / min(reads, default=UNPUBLISHED)
