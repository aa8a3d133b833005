"""Function Compute's API on loopback, through which functions on this machine invoke each other."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from emulator.cloud import Cloud
from emulator.server import running

_SERVICES = ("fc", "eventbridge")
_CALLS_KEPT = 100


@dataclass(frozen=True)
class FcApi:
    """Its address and key, generated for this run."""

    endpoint: str
    access_key_id: str
    access_key_secret: str = field(repr=False)
    cloud: Cloud

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a function needs to invoke others."""
        return {
            "CERTDEPLOY_FC_ENDPOINT": self.endpoint,
            "CERTDEPLOY_FC_ACCESS_KEY_ID": self.access_key_id,
            "CERTDEPLOY_FC_ACCESS_KEY_SECRET": self.access_key_secret,
        }


@contextmanager
def serving(functions: Any = None) -> Iterator[FcApi]:
    """Serve during a `with`. `functions` can also be set later, as `cloud.functions`."""
    cloud = Cloud(functions=functions, only=_SERVICES)
    # It may run for months; callers only append to it and read it.
    cloud.calls = deque(maxlen=_CALLS_KEPT)  # type: ignore[assignment]
    with running(cloud, admin=False) as server:
        yield FcApi(server.endpoint, cloud.key.access_key_id, cloud.key.access_key_secret, cloud)
