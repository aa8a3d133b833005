"""template.yml as a stack of the emulated cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.state.tables import TABLES
from tests.functional.emulator.ros.account import Account

BODY = (Path(__file__).parents[4] / "template.yml").read_text(encoding="utf-8")
OBJECTS = {"CodeBucket": "code", "CodeObject": "c.zip", "LayerObject": "l.zip", "AwsLayerObject": "a.zip"}


def given(**more: str) -> list[dict[str, Any]]:
    return [{"ParameterKey": key, "ParameterValue": text} for key, text in {**OBJECTS, **more}.items()]


def test_the_stack_is_made_and_two_of_them_live_in_one_account(account: Account) -> None:
    account.put("code", "c.zip", "l.zip", "a.zip")

    first = account.create(BODY, "one", Parameters=given(OtsInstance="first"))
    second = account.create(BODY, "two", Parameters=given(OtsInstance="second", Prefix="other"))

    assert account.status(first) == account.status(second) == "CREATE_COMPLETE"
    assert len(account.functions("certdeploy-")) == len(account.functions("other-")) > 20
    assert account.tables("first") == account.tables("second") == {table.name for table in TABLES}
