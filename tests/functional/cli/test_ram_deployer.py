"""`certdeploy ram print deployer` is what deploying takes, and little more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cli.ram_documents import Place
from emulator.cloud import Cloud
from emulator.server import Server
from shared.runtime.settings import read_settings
from tests.functional.cli.conftest import Command, Ran
from tests.functional.cli.deployed import NAME
from tests.functional.pipeline.roles import assumed, unused


@pytest.fixture
def deployer(command: Command, cloud: Cloud, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands sign with a session of a role that has this policy alone."""
    place = Place.of(read_settings({"CERTDEPLOY_PREFIX": NAME, "FC_ACCOUNT_ID": cloud.account}), {})
    session = assumed(cloud, server.endpoint, "deployer", place)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", session.access_key_id)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", session.access_key_secret)
    monkeypatch.setenv("ALIBABA_CLOUD_SECURITY_TOKEN", session.security_token)


@pytest.mark.long
@pytest.mark.usefixtures("deployer")
def test_who_has_it_makes_a_stack_and_removes_it(
    deploy: Callable[..., Ran], command: Command, cloud: Cloud
) -> None:
    made = deploy("--yes")
    deploy("--yes", "--parameter", "WarningDays=30")
    shown = command("stack", "--name", NAME)
    removed = command("destroy", "--name", NAME, "--yes")

    assert [row for row in cloud.uses.denied() if row["role"] == "deployer"] == []
    assert (made.code, shown.code, removed.code) == (0, 0, 0), made.err + removed.err
    # The small stack has no layers, its roles no policies.
    found = {action for role, action in unused(cloud) if role == "deployer"}
    needless = {action for action in found if not action.startswith(("fc:", "ram:"))}
    assert needless == set()


@pytest.mark.long
@pytest.mark.usefixtures("deployer")
def test_who_has_it_makes_no_stack_of_another_name(command: Command, cloud: Cloud, objects: object) -> None:
    ran = command("deploy", "--name", "other", "--objects", str(objects), "--yes")

    assert ran.code != 0
    denied = [row for row in cloud.uses.denied() if row["role"] == "deployer"]
    assert {row["action"].partition(":")[0] for row in denied} & {"ram", "fc", "log", "ots"}
