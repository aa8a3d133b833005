"""The API of Function Compute on loopback: how functions on this machine invoke each other."""

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
    """Its address and key, made for this one run."""

    endpoint: str
    access_key_id: str
    access_key_secret: str = field(repr=False)
    cloud: Cloud

    @property
    def environment(self) -> dict[str, str]:
        """What a function needs to invoke others through it."""
        return {
            "CERTDEPLOY_FC_ENDPOINT": self.endpoint,
            "CERTDEPLOY_FC_ACCESS_KEY_ID": self.access_key_id,
            "CERTDEPLOY_FC_ACCESS_KEY_SECRET": self.access_key_secret,
        }


@contextmanager
def serving(functions: Any = None) -> Iterator[FcApi]:
    """For the length of a `with`. `functions` may also be given later, as `cloud.functions`."""
    cloud = Cloud(functions=functions, only=_SERVICES)
    # It may run for months. Only `append` and reading are asked of it.
    cloud.calls = deque(maxlen=_CALLS_KEPT)  # type: ignore[assignment]
    with running(cloud, admin=False) as server:
        yield FcApi(server.endpoint, cloud.key.access_key_id, cloud.key.access_key_secret, cloud)
