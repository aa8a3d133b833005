"""A job by hand is for the slots that discovery has found: where others may be is said beside the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from cli.session import session
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.errors import CloudDeniedError, CloudUnavailableError
from tests.functional.cli.conftest import Command

RENEWED = "10743322"
ASKED = ("--certificate", RENEWED)
CREATE = ("job", "create", "--name", "by hand", "--draft", *ASKED)

Read = Callable[..., None]


@pytest.fixture
def read(informed: Command) -> Read:
    """How the last discovery of ALB's one region went."""

    def put(**how: object) -> None:
        world = session().world()
        begun = world.clock()
        status = SyncStatus(product=CloudProduct.ALB, region="cn-hangzhou", started_at=begun, **how)  # type: ignore[arg-type]
        world.syncs.put(status)

    return put


def codes(command: Command, *more: str) -> list[str]:
    shown = command("job", "preview", *ASKED, *more, "--json")
    assert shown.code == 0, shown.err
    return [one["Code"] for one in shown.json["NotSeen"]]


def test_where_all_was_read_today_nothing_is_said(informed: Command) -> None:
    assert codes(informed) == []
    assert "not know" not in informed("job", "preview", *ASKED).out
    assert "not seen" not in informed(*CREATE).err


def test_a_region_that_could_not_be_read_is_told_by_a_preview_and_by_a_new_job(
    informed: Command, read: Read
) -> None:
    read(state=SyncState.FAILED, reason="ListLoadBalancers: no answer", code=CloudUnavailableError.code)

    shown, created = informed("job", "preview", *ASKED), informed(*CREATE)

    said = shown.out.partition("Slots may be there that this plan does not know:\n")[2]
    assert said.splitlines()[:2] == [
        "✗ 1 region that could not be read",
        "    ALB cn-hangzhou: ListLoadBalancers: no answer",
    ]
    assert (
        "not seen: 1 region that could not be read (ALB cn-hangzhou: ListLoadBalancers: no answer);"
        " slots may be there\n" in created.err
    )
    assert created.code == 0


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"state": SyncState.FAILED, "reason": "no right", "code": CloudDeniedError.code}, "denied"),
        ({"state": SyncState.PARTIAL, "reason": "1 could not be read: …"}, "partial"),
        ({"state": SyncState.SYNCING}, "reading"),
    ],
)
def test_each_way_not_to_have_seen_a_region_is_told(
    informed: Command, read: Read, how: dict[str, object], code: str
) -> None:
    read(**how)
    assert codes(informed) == [code]


def test_what_was_read_long_ago_is_told_and_what_rests_is_not(informed: Command, read: Read) -> None:
    long_ago = session().world().clock() - timedelta(days=1, minutes=1)
    read(state=SyncState.SYNCED, finished_at=long_ago, empty_passes=2)
    assert codes(informed) == ["old"]
    read(state=SyncState.SYNCED, finished_at=long_ago, empty_passes=3)
    assert codes(informed) == []


def test_a_product_that_was_never_read_is_told(informed: Command) -> None:
    world = session().world()
    for status in list(world.syncs.list(CloudProduct.GA)):
        world.syncs.delete(status)
    assert codes(informed) == ["never"]


def test_only_where_the_job_could_go_is_told(informed: Command, read: Read) -> None:
    read(state=SyncState.FAILED, reason="no answer")

    assert codes(informed, "--product", "CDN") == []
    assert codes(informed, "--resource", "CDN/-/www.example.com") == []
    assert codes(informed, "--account", "-", "--region", "-") == []
    assert codes(informed, "--account", "-") == ["failed"]
