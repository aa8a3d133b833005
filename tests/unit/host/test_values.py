"""What the host's modules hand to each other does not change on the way."""

from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from host.child import Launch
from host.instances import InvocationResult
from host.tasks import NewTask, TaskTable
from host.template import load_template
from tests.functional.host.site import SAMPLE

TEMPLATE = load_template(SAMPLE / "template.yml")
LAUNCH = Launch(
    "shop", Path("f"), Path("r"), "index.handler", "index.handler", 512, 3, "cn-hangzhou", "1", {}, None, 1
)


def a_task() -> Any:
    table = TaskTable(Path(":memory:"))
    table.add(NewTask("shop", b"", "r"), 1)
    return table.list()[0]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (LAUNCH, "function"),
        (InvocationResult(200), "status"),
        (NewTask("shop", b"", "r"), "payload"),
        (a_task(), "state"),
        (TEMPLATE, "functions"),
        (TEMPLATE.functions["demo-work"], "name"),
        (TEMPLATE.timers[0], "enabled"),
        (TEMPLATE.rules[0], "enabled"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_stays_as_it_was_made(value: Any, field: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, field, getattr(value, field))
