"""What runs functions that requests have made: instances on this machine, with the function's role and logs.

An instance is a process of its own with the code and the layers on its path, and no more (`host.bare`). The
interpreter is that of the runtime where this machine has it, else this program's own, which is logged.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any
from uuid import uuid4

from emulator.api import ApiError, Call
from emulator.keys import AccessKey
from emulator.service import Account
from emulator.services.fc.archives import Archives
from emulator.services.fc.model import Function, LayerVersion
from host import bare
from host.bare import BareInstance, Outcome
from host.child import Launch

_log = logging.getLogger("emulator")
_IDLE = 12  #: processes that wait for the next request of their function
_ROLE_LASTS = timedelta(hours=36)  #: as long as the vendor's own
_PYTHON = "python"


class Instance:
    """A process, with what it has printed for the request that it serves."""

    def __init__(self, account: Account, function: Function, launch: Launch, program: str) -> None:
        self.revision = revision(function)
        self.lines: list[str] = []
        self._account, self._region = account, function.region
        self._where = function.settings.get("logConfig") or {}
        self._key: AccessKey | None = None  #: of the function's role
        self._fields = {
            "__topic__": f"FCLogs:{function.name}",
            "functionName": function.name,
            "instanceID": f"c-{uuid4().hex[:16]}",
            "qualifier": "LATEST",
        }
        self.process = BareInstance(launch, program, self.printed)

    def run(self, payload: bytes, request_id: str, key: AccessKey | None) -> Outcome:
        self.lines.clear()
        self._key = key
        self.printed(f"FC Invoke Start RequestId: {request_id}")
        parts = (key.access_key_id, key.access_key_secret, key.token) if key else None
        outcome = self.process.run(payload, request_id, parts)
        if outcome.error_type and not self.process.alive:
            self.printed(outcome.body.decode("utf-8", "replace"))
        self.printed(f"FC Invoke End RequestId: {request_id}")
        return outcome

    def printed(self, line: str) -> None:
        """One row in the function's log store, if it has one."""
        self.lines.append(line)
        project, store = self._where.get("project"), self._where.get("logstore")
        logs: Any = self._account.services.get("sls")
        if project and store and logs is not None:
            now = str(int(self._account.clock().timestamp()))
            with self._account.lock:
                if self._may_write(project, store):
                    logs.write(project, store, {"__time__": now, **self._fields, "message": line})

    def _may_write(self, project: str, store: str) -> bool:
        """With the rights of the function's role, where it has one and they count."""
        if self._key is None or self._account.services["fc"].behaviour["logs_by"] != "role":
            return True
        where = {"project": project, "logstore": store}
        call = Call(
            "PostLogStoreLogs",
            where,
            self._region,
            self._account.account,
            access_key_id=self._key.access_key_id,
        )
        return not self._account.denied("log:PostLogStoreLogs", call)


def revision(function: Function) -> str:
    """Changes with all that an instance was started with."""
    return f"{function.arn}@{function.id}@{function.code.digest}@{function.modified.isoformat()}"


class Instances:
    """Those of all functions of the account."""

    def __init__(self, account: Account, archives: Archives) -> None:
        self._account, self._archives = account, archives
        self._folder = TemporaryDirectory(prefix="functions-")
        self._lock = Lock()
        self._idle: list[Instance] = []
        self._all: set[Instance] = set()
        self._keys: dict[str, AccessKey] = {}
        self._closed = False

    def run(
        self, function: Function, layers: list[LayerVersion], payload: bytes, request_id: str
    ) -> tuple[Outcome, list[str]]:
        """The outcome and what was printed. Raises ApiError: it cannot run."""
        key = self._key(function)
        instance = self._take(function, layers, key)
        try:
            outcome = instance.run(payload, request_id, key)
            return outcome, list(instance.lines)
        finally:
            self._give_back(instance)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            instances, self._all = list(self._all), set()
            self._idle.clear()
        for instance in instances:
            instance.process.kill()
        self._folder.cleanup()

    def _take(self, function: Function, layers: list[LayerVersion], key: AccessKey | None) -> Instance:
        with self._lock:
            if self._closed:
                raise ApiError(503, "ServiceUnavailable", "the cloud is closing")
            wanted = revision(function)
            for instance in self._idle:
                if instance.revision == wanted and instance.process.alive:
                    self._idle.remove(instance)
                    return instance
            launch = self._launch(function, layers, key)
        made = Instance(self._account, function, launch, self._program(function))
        with self._lock:
            self._all.add(made)
        return made

    def _give_back(self, instance: Instance) -> None:
        with self._lock:
            if instance.process.alive and not self._closed:
                self._idle.append(instance)
            else:
                self._all.discard(instance)
            over = self._idle[:-_IDLE]
            del self._idle[:-_IDLE]
            self._all.difference_update(over)
        for old in over:
            old.process.kill()

    def _launch(self, function: Function, layers: list[LayerVersion], key: AccessKey | None) -> Launch:
        settings = function.settings
        folder = self._unpacked([function.code.digest])
        # Of what several layers have, that of the first counts.
        opt = self._unpacked([layer.code.digest for layer in reversed(layers)]) / "python"
        of_role = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": key.access_key_id if key else "",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key.access_key_secret if key else "",
            "ALIBABA_CLOUD_SECURITY_TOKEN": key.token if key else "",
        }
        return Launch(
            function=function.name,
            folder=folder,
            code_root=opt,
            handler=settings["handler"],
            entry=settings["handler"],
            memory_mb=settings["memorySize"],
            timeout_s=settings["timeout"],
            region=function.region,
            account=function.account,
            environment={
                **self._account.leads,
                **settings["environmentVariables"],
                **(of_role if key else {}),
            },
            log=None,
            host=os.getpid(),
            runtime=settings["runtime"],
        )

    def _unpacked(self, digests: list[str]) -> Path:
        name = sha256(" ".join(digests).encode()).hexdigest()[:20]
        folder = Path(self._folder.name, name)
        if not folder.exists():
            half = folder.with_suffix(".half")
            half.mkdir()
            for digest in digests:
                self._archives.unpack(digest, half)
            half.rename(folder)
        return folder

    def _program(self, function: Function) -> str:
        """Raises ApiError."""
        runtime = function.settings["runtime"]
        if not runtime.startswith(_PYTHON):
            raise ApiError(501, "NotEmulated", f"functions of {runtime} are kept, and not run.")
        program = bare.interpreter(runtime.removeprefix(_PYTHON))
        if program is None:
            _log.warning("%s: this machine has no %s, so this program's own runs it", function.name, runtime)
        return program or bare.own_interpreter()

    def _key(self, function: Function) -> AccessKey | None:
        """Of the function's role; renewed in its last hour. Raises ApiError: it may not be assumed."""
        arn, now = function.settings["role"], self._account.clock()
        if not arn:
            return None
        account, name = arn.split(":")[3], arn.rpartition("/")[2]
        sts: Any = self._account.services["sts"]
        with self._account.lock:
            role = sts.for_service(account, name, "fc.aliyuncs.com")
            session = f"acs:ram::{account}:assumed-role/{role}/{function.name}"
            known = self._keys.get(session)
            if known is None or _ends(known) - now < timedelta(hours=1):
                known = self._account.keys.add(account, session, now + _ROLE_LASTS)
                self._keys[session] = known
            return known


def _ends(key: AccessKey) -> datetime:
    assert key.expires is not None
    return key.expires
