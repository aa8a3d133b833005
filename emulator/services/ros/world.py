"""What the provider of a kind of resource sees of the account: its region, its owner, the products' APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from emulator.api import ApiError, Call, Raw
from emulator.service import Account

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Made:
    """A resource that is there: what `Ref` gives, and its attributes."""

    physical_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Provider(Protocol):
    """How resources of a kind are made, changed and taken away. Raises ApiError as the product refuses."""

    def create(self, world: World, given: Properties) -> Made: ...

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made: ...

    def delete(self, world: World, made: Made, given: Properties) -> None:
        """What is gone already is as good as deleted."""


class World:
    """The account, as ROS acts in it: with the rights of whoever asked for the stack."""

    def __init__(self, account: Account, region: str, access_key_id: str) -> None:
        self._account, self.region, self._key = account, region, access_key_id

    @property
    def owner(self) -> str:
        return self._account.account

    def service(self, name: str) -> Any:
        """The live service of a product, for what no API is emulated."""
        return self._account.services[name]

    def call(
        self,
        service: str,
        action: str,
        params: Mapping[str, Any],
        body: Any = None,
        *,
        host: str = "",
    ) -> dict[str, Any]:
        """One request to a product's API, with its faults and rights. `body`: JSON, or bytes.

        ROS tries again what is throttled, so that limits only make it slower, which is not emulated.

        Raises ApiError, DroppedError.
        """
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        call = Call(
            action=action,
            params=params,
            region=self.region,
            account=self._account.account,
            request_id=str(uuid4()).upper(),
            access_key_id=self._key,
            raw_body=raw,
            host=host,
        )
        answer = self._account.execute(self._account.services[service], call, paced=True)
        if not isinstance(answer, Raw):
            return answer
        return json.loads(answer.body) if answer.content_type.startswith("application/json") else {}

    def call_if_there(self, *arguments: Any, **more: Any) -> None:
        """A `call` that takes something away: what is not found is done."""
        try:
            self.call(*arguments, **more)
        except ApiError as refused:
            if refused.status != 404:
                raise
