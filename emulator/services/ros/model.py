"""Stacks: their resources, their events, and what is being done to them; and how answers tell of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

STACK = "ALIYUN::ROS::Stack"  #: the type of a stack among its events
MOST_EVENTS = 2_000  #: of a stack; the oldest go [guess]


def stamp(moment: datetime) -> str:
    """UTC, without a Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


@dataclass
class Resource:
    name: str  #: the logical id
    kind: str
    status: str
    created: datetime
    updated: datetime
    reason: str = ""
    physical_id: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)  #: resolved, as they were applied last
    retain: bool = False
    needs: list[str] = field(default_factory=list)
    description: str = ""

    @property
    def there(self) -> bool:
        """Whether the product has it."""
        return bool(self.physical_id)


@dataclass
class Event:
    id: str
    time: datetime
    name: str
    physical_id: str
    kind: str
    status: str
    reason: str


@dataclass
class Operation:
    """What is being done: `levels` one after the other, each in its share of the time that it takes."""

    action: str  #: CREATE, UPDATE, DELETE, CREATE_ROLLBACK, ROLLBACK
    started: datetime
    until: datetime  #: when it is cut off
    levels: list[list[str]] = field(default_factory=list)
    done: int = 0
    retained: list[str] = field(default_factory=list)
    everything: bool = False  #: retained


@dataclass
class Goal:
    """What a stack is to be: the text of its template, and of each parameter's value."""

    body: str
    parameters: dict[str, str]
    url: str = ""


@dataclass
class Stack:
    id: str
    name: str
    region: str
    created: datetime
    goal: Goal
    access_key_id: str  #: of whoever asked for it last
    timeout_min: int = 60
    disable_rollback: bool = False
    protected: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    token: str = ""
    option: str = ""  #: CreateOption
    status: str = ""
    reason: str = ""
    updated: datetime | None = None
    before: Goal | None = None  #: that a failed update goes back to
    operation: Operation | None = None
    resources: dict[str, Resource] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        return self.operation is None

    def tell(self, moment: datetime, status: str, reason: str, resource: Resource | None = None) -> None:
        """Note what has become of the stack, or of a resource of it."""
        if resource is None:
            self.status, self.reason = status, reason
            name, physical_id, kind = self.name, self.id, STACK
        else:
            resource.status, resource.reason, resource.updated = status, reason, moment
            name, physical_id, kind = resource.name, resource.physical_id, resource.kind
        number = f"{self.id}-{len(self.events):08d}"
        self.events.append(Event(number, moment, name, physical_id, kind, status, reason))
        del self.events[:-MOST_EVENTS]


def event_row(stack: Stack, event: Event) -> dict[str, Any]:
    return {
        "CreateTime": stamp(event.time),
        "EventId": event.id,
        "LogicalResourceId": event.name,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.kind,
        "StackId": stack.id,
        "StackName": stack.name,
        "Status": event.status,
        "StatusReason": event.reason,
    }


def resource_row(stack: Stack, resource: Resource) -> dict[str, Any]:
    return {
        "CreateTime": stamp(resource.created),
        "LogicalResourceId": resource.name,
        "PhysicalResourceId": resource.physical_id,
        "ResourceDriftStatus": "NOT_CHECKED",
        "ResourceType": resource.kind,
        "StackId": stack.id,
        "StackName": stack.name,
        "Status": resource.status,
        "StatusReason": resource.reason,
        "UpdateTime": stamp(resource.updated),
    }


def stack_row(stack: Stack) -> dict[str, Any]:
    row = {
        "CreateTime": stamp(stack.created),
        "DeletionProtection": "Enabled" if stack.protected else "Disabled",
        "DisableRollback": stack.disable_rollback,
        "RegionId": stack.region,
        "ServiceManaged": False,
        "StackDriftStatus": "NOT_CHECKED",
        "StackId": stack.id,
        "StackName": stack.name,
        "StackType": "ROS",
        "Status": stack.status,
        "StatusReason": stack.reason,
        "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
        "TimeoutInMinutes": stack.timeout_min,
    }
    return row | ({"UpdateTime": stamp(stack.updated)} if stack.updated else {})
