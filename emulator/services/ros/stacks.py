"""The stacks of an account, and what every action on them stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from emulator.api import Call
from emulator.service import Account, EmulatedService
from emulator.services.ros import errors
from emulator.services.ros.model import Stack
from emulator.services.ros.operations import Engine
from emulator.services.ros.plan import Plan

#: By CreateOption: the state in which a stack is dropped and what it has made stays.
_ABANDONED = {
    "AbandonStackOnCreationComplete": "CREATE_COMPLETE",
    "AbandonStackOnCreationRollbackComplete": "CREATE_ROLLBACK_COMPLETE",
}
OPTIONS = ("KeepStackOnCreationComplete", *_ABANDONED)


def region_of(call: Call) -> str:
    """One host serves all regions: the call says which is meant."""
    return str(call.params.get("RegionId") or call.region)


class Stacks(EmulatedService):
    api = "ROS"
    version = "2019-09-10"
    ram = "ros"
    hosts = ("ros.aliyuncs.com", "ros-intl.aliyuncs.com", "ros.{region}.aliyuncs.com")
    limits: ClassVar[Mapping[str, int]] = {}
    switches: ClassVar[Mapping[str, tuple[str | bool, ...]]] = {
        # Whether a deleted stack can still be asked for by its id.
        "deleted": ("told", "unknown"),
        # Whether DeletionPolicy Retain holds when a creation is taken back is not documented.
        "rolled_back": ("retained", "deleted"),
        # What the account has done in other consoles: whether the services of a template are in use there.
        "services": ("activated", "a role is missing", "not activated"),
    }

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self.stacks: dict[str, Stack] = {}
        self._under_way = False

    def catch_up(self) -> None:
        """What becomes of a stack asks other products, and so comes back here."""
        if self._under_way:
            return
        self._under_way = True
        try:
            self._advance()
        finally:
            self._under_way = False

    def kept(self) -> dict[str, Any]:
        return {"stacks": self.stacks} if self.stacks else {}

    @property
    def _engine(self) -> Engine:
        return Engine(self.cloud, self._plan, retains=self.behaviour["rolled_back"] == "retained")

    def _plan(self, stack: Stack) -> Plan:
        return Plan(stack.goal, self._pseudo(stack.region, stack.name, stack.id), stack.resources)

    def _pseudo(self, region: str, name: str, stack_id: str) -> dict[str, str]:
        account = self.cloud.account
        return {
            "ALIYUN::StackName": name,
            "ALIYUN::StackId": stack_id,
            "ALIYUN::Region": region,
            "ALIYUN::TenantId": account,
            "ALIYUN::AccountId": account,
        }

    def _advance(self) -> None:
        """Do what is due."""
        for stack in list(self.stacks.values()):
            self._engine.advance(stack)
            if stack.settled and stack.status == _ABANDONED.get(stack.option):
                del self.stacks[stack.id]

    def _stack(self, call: Call) -> Stack:
        """The one that a call names. Raises ApiError 404."""
        stack = self.stacks.get(call.params["StackId"])
        if stack is None or stack.region != region_of(call):
            raise errors.no_stack(call.params["StackId"])
        if stack.status == "DELETE_COMPLETE" and self.behaviour["deleted"] == "unknown":
            raise errors.no_stack(stack.id)
        return stack
