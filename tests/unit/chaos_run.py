"""A run as the checks of `make chaos` see it, of fakes: one in which everything held."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

from shared.domain.states import JobStatus, WorkerStatus
from shared.products import supported_products
from shared.state.check import Finding, Looked
from tests.builders import NOW, a_job, a_worker
from tests.chaos.checks import Clean, Meddled, violations
from tests.chaos.ground import Ground
from tests.chaos.places import Places
from tests.receiver import Message

PLACE = ("cdn", "www.example.com:443", "www.example.com")
ELSEWHERE = ("cdn", "www.example.org:443", "www.example.org")
BEFORE: Places = {PLACE: "old", ELSEWHERE: "other"}
CLEAN = Clean(BEFORE, {"cdn.http2": "True"}, Counter({"Cdn Set": 1}), {})
DONE = {"status": WorkerStatus.SUCCESS, "previous_cert_identifier": "1-cn-hangzhou"}


class Service:
    def __init__(self, **settings: object) -> None:
        self.__dict__.update(settings)


def a_message(target: str = "/hook", id_: str = "finished-1", raw: bytes = b"{}") -> Message:
    return Message("POST", {"x-certdeploy-id": id_}, raw, target)


class Run:
    """One in which everything held, until a test changes it."""

    def __init__(self) -> None:
        self.served: Places = {PLACE: "new", ELSEWHERE: "other"}
        self.job = a_job(status=JobStatus.SUCCESS, finish_announced=True)
        self.workers = [a_worker(**DONE)]
        self.messages = [a_message(), a_message("/room")]
        self.written = Counter({"Cdn Set": 1})
        self.http2 = True
        self.state = self.log = ""
        self.killed: list[str] = []
        self.given_up: list[str] = []
        self.findings: list[Finding] = []
        self.leases: list[str] = []
        self.products = supported_products()

    def told(self, meddled: Meddled | None = None, *, calm: bool = True) -> list[str]:
        world = SimpleNamespace(
            jobs=SimpleNamespace(list=lambda: [self.job], due=lambda now: []),
            workers=SimpleNamespace(list=lambda job_id: self.workers),
        )
        cloud: Any = SimpleNamespace(
            lock=nullcontext(), services={"cdn": Service(http2=self.http2)}, written=self.written, calls=[]
        )
        ground = SimpleNamespace(
            world=world,
            cloud=cloud,
            clock=lambda: NOW,
            served=lambda: self.served,
            products=self.products,
            old="1-cn-hangzhou",
            prints=lambda: {
                "1-cn-hangzhou": "old",
                "7-cn-hangzhou": "new",
                "8-cn-hangzhou": "newest",
                "6-cn-hangzhou": "between",
            },
            receiver=SimpleNamespace(messages=self.messages),
            platform=SimpleNamespace(sent=[], killed=self.killed, given_up=self.given_up),
            check=lambda: Looked(rows={}, findings=tuple(self.findings)),
            leases=lambda: self.leases,
            private=lambda: ["-----BEGIN\nMIGHAgEAMBMG\n-----END"],
            state_as_text=lambda: self.state,
            new_in_log=lambda: self.log,
        )
        return violations(cast(Ground, ground), CLEAN, meddled or Meddled(), calm=calm)
