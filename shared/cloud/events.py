"""Publishing an event to the function that consumes it.

Our own events travel as payloads of asynchronous invocations: EventBridge's default bus takes none
but the cloud's events, and ROS, which sets the system up, cannot make another bus.
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
        """Send `data` to its consumer. (source, id) is what consumers know duplicates by."""
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
    """`deploy_{product}` is a function per product."""
    product = getattr(data, "product", None)
    return data.consumer.format(product=product.value.lower() if product else "")
