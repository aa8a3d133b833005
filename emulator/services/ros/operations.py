"""What becomes of a stack with time: its resources are made, changed and taken away, level by level.

An operation takes as long as the cloud's asynchronous states last. What is due is done before the next
request to any product; between two of them nothing happens. Resources of one level do not need each other;
the next level begins when all are done. What fails is taken back, unless rollback is disabled.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from emulator.api import ApiError
from emulator.faults import DroppedError
from emulator.service import Account
from emulator.services.ros.kinds import KINDS
from emulator.services.ros.model import Operation, Resource, Stack
from emulator.services.ros.plan import Plan
from emulator.services.ros.world import Made, World

_log = logging.getLogger("emulator")
#: What follows an operation that failed.
_BACK = {"CREATE": "CREATE_ROLLBACK", "UPDATE": "ROLLBACK"}


class Engine:
    """`retains`: whether a creation that is taken back keeps resources with DeletionPolicy Retain."""

    def __init__(self, account: Account, plan: Callable[[Stack], Plan], *, retains: bool) -> None:
        self._account, self._plan, self._retains = account, plan, retains

    def begin(self, stack: Stack, operation: Operation) -> None:
        stack.operation = operation
        stack.tell(operation.started, f"{operation.action}_IN_PROGRESS", f"Stack {operation.action} started")
        if operation.action != "CREATE":
            stack.updated = operation.started

    def operation(self, stack: Stack, action: str, levels: list[list[str]], started: datetime) -> Operation:
        limit = timedelta(minutes=stack.timeout_min)
        return Operation(action, started, started + limit, levels)

    def advance(self, stack: Stack) -> None:
        """Do what is due by now."""
        now = self._account.clock()
        while (operation := stack.operation) is not None:
            due = self._due(operation)
            if min(due, operation.until) > now:
                return
            if due > operation.until:
                self._failed(stack, operation.until, f"Stack {operation.action} timed out")
            elif operation.done < len(operation.levels):
                self._level(stack, operation, due)
            else:
                self._finished(stack, operation, due)

    def _due(self, operation: Operation) -> datetime:
        """When the next level is done. The last one ends the operation."""
        count = max(1, len(operation.levels))
        share = min(operation.done + 1, count) / count
        return operation.started + timedelta(seconds=self._account.settle_s * share)

    def _level(self, stack: Stack, operation: Operation, due: datetime) -> None:
        world = World(self._account, stack.region, stack.access_key_id)
        level = operation.levels[operation.done]
        operation.done += 1
        plan = self._plan(stack)
        for name in level:
            try:
                self._resource(stack, operation, plan, world, name, due)
            except Exception as problem:  # a mistake in a provider must not end what others ask of the cloud
                if not isinstance(problem, (ApiError, DroppedError)):
                    _log.exception("a resource of a stack could not be dealt with: %s", name)
                self._broken(stack, name, problem, due)
                return

    def _resource(
        self, stack: Stack, operation: Operation, plan: Plan, world: World, name: str, due: datetime
    ) -> None:
        going = operation.action in ("DELETE", "CREATE_ROLLBACK") or name not in plan.declared
        if going:
            self._take_away(stack, operation, world, name, due)
            return
        properties, found = plan.properties(name), stack.resources.get(name)
        kind = KINDS[plan.declared[name].kind]
        if found is None:
            found = Resource(name, kind.name, "INIT_COMPLETE", due, due)
            stack.resources[name] = found
        found.retain, found.needs = plan.declared[name].retain, plan.needs(name)
        found.description = plan.declared[name].description
        if not found.there:
            stack.tell(due, "CREATE_IN_PROGRESS", "state changed", found)
            self._took(found, kind.provider.create(world, properties), properties)
            stack.tell(due, "CREATE_COMPLETE", "state changed", found)
        elif properties != found.properties or found.status.endswith("_FAILED"):
            stack.tell(due, "UPDATE_IN_PROGRESS", "state changed", found)
            changed = sorted(key for key in kind.fixed if properties.get(key) != found.properties.get(key))
            if changed:
                # [guess] the code; the words name what cannot change
                raise ApiError(400, "NotSupported", f"Update to property {changed[0]} is not supported.")
            made = Made(found.physical_id, found.attributes)
            self._took(found, kind.provider.update(world, made, properties, found.properties), properties)
            stack.tell(due, "UPDATE_COMPLETE", "state changed", found)

    @staticmethod
    def _took(resource: Resource, made: Made, properties: dict[str, object]) -> None:
        resource.physical_id, resource.attributes = made.physical_id, dict(made.attributes)
        resource.properties = properties

    def _take_away(self, stack: Stack, operation: Operation, world: World, name: str, due: datetime) -> None:
        found = stack.resources[name]
        kept = operation.everything or name in operation.retained
        kept = kept or (found.retain and (operation.action != "CREATE_ROLLBACK" or self._retains))
        if found.there:
            stack.tell(due, "DELETE_IN_PROGRESS", "state changed", found)
            if not kept:
                made = Made(found.physical_id, found.attributes)
                KINDS[found.kind].provider.delete(world, made, found.properties)
        stack.tell(due, "DELETE_COMPLETE", "retained" if kept else "state changed", found)
        del stack.resources[name]

    def _broken(
        self,
        stack: Stack,
        name: str,
        problem: Exception,
        due: datetime,
    ) -> None:
        said = "code: 500, InternalError: no answer"
        if isinstance(problem, ApiError):
            said = f"code: {problem.status}, {problem.code}: {problem.message}"
        found = stack.resources[name]
        verb = found.status.partition("_")[0]
        verb = "CREATE" if verb == "INIT" else verb
        # [guess] the form of the words
        reason = f"ResponseException: resources.{name}: {said} requestId: {str(uuid4()).upper()}"
        stack.tell(due, f"{verb}_FAILED", reason, found)
        self._failed(stack, due, f"Resource {verb} failed: {reason}")

    def _failed(self, stack: Stack, moment: datetime, reason: str) -> None:
        assert stack.operation is not None
        action, stack.operation = stack.operation.action, None
        stack.tell(moment, f"{action}_FAILED", reason)
        back = _BACK.get(action)
        if back is None or stack.disable_rollback:
            return
        if back == "ROLLBACK":
            assert stack.before is not None
            stack.goal, stack.before = stack.before, None
        levels = self.way_down(stack) if back == "CREATE_ROLLBACK" else self.way_there(stack)
        self.begin(stack, self.operation(stack, back, levels, moment))

    def cancel(self, stack: Stack, moment: datetime) -> None:
        """What has been done of the operation by now is taken back."""
        self._failed(stack, moment, "Stack UPDATE canceled by user")  # [guess] the words

    def way_down(self, stack: Stack) -> list[list[str]]:
        """The resources that there are, each before what it needs."""
        left, found = dict(stack.resources), list[list[str]]()
        while left:
            needed = {name for resource in left.values() for name in resource.needs}
            level = [name for name in left if name not in needed] or list(left)
            found.append(level)
            left = {name: resource for name, resource in left.items() if name not in level}
        return found

    def way_there(self, stack: Stack) -> list[list[str]]:
        """All of the goal, then what it no longer has."""
        plan = self._plan(stack)
        gone = [[name for name in level if name not in plan.declared] for level in self.way_down(stack)]
        return [*plan.levels(), *(level for level in gone if level)]

    def _finished(self, stack: Stack, operation: Operation, due: datetime) -> None:
        stack.operation, stack.before = None, None
        stack.tell(due, f"{operation.action}_COMPLETE", f"Stack {operation.action} completed successfully")
