"""A process that has loaded everything, and is copied for each invocation of a function."""

from __future__ import annotations

import gc
import json
import os
import socket
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any

import shared.services.side_by_side
from cli.in_process import handler
from shared.cloud.credentials import Credentials
from shared.cloud.pacing import Pacer
from shared.cloud.roots import Roots
from shared.runtime.app import App
from shared.runtime.handler import Invocation
from shared.runtime.instance import Instance
from shared.runtime.settings import Settings
from shared.state.store import Store
from shared.state.tablestore import TablestoreStore
from tests.chaos.boundaries import Boundaries, Watched
from tests.chaos.clock import SharedClock
from tests.chaos.orders import Order, receive_order, send_result, wait_for_others

_ENDLESS_S = 1e9


class Nursery:
    """`settings` are known once the cloud runs: they come with the first order."""

    def __init__(self, clock: SharedClock, boundaries: Boundaries, log: Path) -> None:
        self._clock, self._boundaries, self._log = clock, boundaries, log
        self._settings: Settings | None = None
        self._copies: list[int] = []  #: processes that may not have ended

    def serve(self, orders: socket.socket, settings_of: Callable[[dict[str, Any]], Settings]) -> None:
        """Until the other end closes."""
        time.sleep = self._clock.sleep  # type: ignore[assignment]
        shared.services.side_by_side.ThreadPoolExecutor = AtOnce  # type: ignore[attr-defined, assignment]
        self._boundaries.watch_calls()
        with self._log.open("ab") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        while (received := receive_order(orders)) is not None:
            order, answer_to = received
            if order.settings:
                self._settings = settings_of(order.settings)
            if order.loads:  # what this one needs is loaded for all that follow
                self._work(order, answer_to)
                continue
            gc.freeze()
            self._copies = [pid for pid in self._copies if os.waitpid(pid, os.WNOHANG) == (0, 0)]
            self._copies.append(copy := os.fork())
            if copy == 0:
                orders.close()
                self._work(order, answer_to)
                os._exit(0)
            answer_to.close()

    def _work(self, order: Order, answer_to: socket.socket) -> None:
        self._boundaries.enter(order.function)
        self._boundaries.last_words = lambda kind: send_result(answer_to, {"killed": kind})
        if order.meets:
            self._boundaries.meets = lambda: wait_for_others(answer_to)
        send_result(answer_to, {"pid": os.getpid()})
        try:
            result = {"answer": self._answer(order)}
        except BaseException as error:
            result = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
        send_result(answer_to, {**result, "met": self._boundaries.met})
        answer_to.close()

    def _answer(self, order: Order) -> Any:
        function = order.function
        invocation = Invocation(order.request_id, f"certdeploy-{function}", lambda: self._app(order))
        return json.loads(handler(function)(order.payload.encode(), invocation))

    def _app(self, order: Order) -> App:
        assert self._settings is not None, "the first order brings them"
        return app_of(
            self._settings, self._clock, order.key, order.request_id, self._boundaries, order.timeout_s
        )


def app_of(
    settings: Settings,
    clock: SharedClock,
    key: tuple[str, str],
    holder: str,
    boundaries: Boundaries | None = None,
    timeout_s: float = _ENDLESS_S,
) -> App:
    """As `App.of` builds it, but on our clock. Without `boundaries` it is no function's."""
    instance, credentials, began = Instance(settings), Credentials(*key, ""), clock.steady()
    instance.pacer = Pacer(clock.steady, clock.sleep)
    instance.__dict__["roots"] = _roots(settings.roots)
    if (address := settings.tablestore) is not None:
        # Its writes are calls, and so are boundaries already.
        instance.__dict__["store"] = TablestoreStore(
            address, lambda: credentials, sleep=clock.sleep, timer=clock.steady
        )
    elif boundaries is not None:
        store: Store = instance.store
        instance.__dict__["store"] = Watched(store, boundaries)
    return App.build(
        instance,
        lambda: credentials,
        left_s=lambda: timeout_s - (clock.steady() - began),
        holder=holder,
        clock=clock.ticking,
        sleep=clock.sleep,
    )


_roots = cache(Roots.of)  #: read once for all processes


class AtOnce:
    """Threads that are none: so that every run of the same seed is the same."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> AtOnce:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, run: Callable[..., Any], *arguments: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(run(*arguments))
        return done

    def shutdown(self, **_: object) -> None:
        pass
