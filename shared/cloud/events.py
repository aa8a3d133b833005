"""Publishes events to the functions that consume them.

Our own events are sent as payloads of asynchronous invocations: EventBridge's default bus accepts only
the cloud's own events, and ROS, which deploys the stack, cannot create another bus.
"""

from collections.abc import Callable
from datetime import datetime

from shared.cloud.functions import Functions
from shared.domain.events import SOURCE, CloudEvent, EventData


class Events:
    def __init__(self, functions: Functions, clock: Callable[[], datetime]) -> None:
        self._functions = functions
        self._clock = clock

    def publish(self, data: EventData, *, id: str, subject: str) -> None:
        """Send `data` to its consumer. Consumers recognise duplicates by (source, id)."""
        event = CloudEvent(
            id=id,
            source=SOURCE,
            type=data.type,
            subject=subject,
            time=self._clock(),
            data=data.model_dump(mode="json", by_alias=True),
        )
        self._functions.invoke(_consumer(data), event.model_dump_json().encode())


def _consumer(data: EventData) -> str:
    """`deploy_{product}` stands for one function per product."""
    product = getattr(data, "product", None)
    return data.consumer.format(product=product.value.lower() if product else "")
