"""A process that ends right after a write, answers that are lost, and writes that are refused for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.cloud.api import Action
from shared.cloud.aws import Aws
from shared.cloud.openapi import OpenApi
from shared.errors import CloudDeniedError, CloudUnavailableError
from tests.meddling import Cut

_OF_AWS = ("Import", "Modify", "Add", "Remove", "Update")


class Killing:
    """Of every client. No call follows the write after which the process ends, and nothing is stored."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at: int | None = None  #: the write after which it ends, counted from `begins`
        self.lost: int | None = (
            None  #: the write whose answer is lost: then it goes on, and others are refused
        )
        self.refused = 0  #: of the writes that come: the first so many
        self.writes: list[str] = []  #: that were tried, in order
        repeat, call = OpenApi.repeat, Aws.call

        def repeated(client: OpenApi, api: Any, action: Action, *arguments: Any) -> Any:
            return self._made(action.name, action.writes, lambda: repeat(client, api, action, *arguments))

        def called(client: Aws, action: str, *arguments: Any, **params: Any) -> Any:
            writes = action.startswith(_OF_AWS)
            return self._made(action, writes, lambda: call(client, action, *arguments, **params))

        monkeypatch.setattr(OpenApi, "repeat", repeated)
        monkeypatch.setattr(Aws, "call", called)

    def begins(self, at: int | None = None, *, refused: int = 0, lost: int | None = None) -> None:
        self.at, self.refused, self.lost, self.writes = at, refused, lost, []

    def _made(self, action: str, writes: bool, call: Callable[[], Any]) -> Any:
        if not writes:
            return call()
        self.writes.append(action)
        made = len(self.writes)
        if made <= self.refused or (self.lost is not None and made > self.lost):
            raise CloudDeniedError(action, "Forbidden.RAM", "the role lacks a permission")
        try:
            return call()
        finally:
            if made == self.at:
                raise Cut
            if made == self.lost:
                raise CloudUnavailableError(action, "ConnectionLost", "no answer")
