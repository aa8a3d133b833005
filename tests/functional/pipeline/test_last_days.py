"""The beginning of the last days: rules give way then, so it is looked whatever the warning times are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.functional.pipeline.platform import Platform, discovered
from tests.receiver import SECRET, Receiver

NAMES = ("example.com", "*.example.com")
WWW = "CDN/-/www.example.com"
MONTH, BY_LIFETIME = (30,), ()
_OLD = {"names": list(NAMES), "key": "ecdsa-p256", "source": "BUY"}
Installed = Callable[..., Platform]


@pytest.fixture
def installed(receiver: Receiver, tmp_path: Path) -> Iterator[Installed]:
    """One domain, whose bought certificate ends in 40 days of 200. CAS has one for it that was not bought."""
    with ExitStack() as entered:

        def enter(
            warning_days: tuple[float, ...],
            left: float = 40,
            *,
            in_cas: bool = True,
            spare: str = "*.example.com",
            key: str = "ecdsa-p256",
        ) -> Platform:
            estate: dict[str, Any] = {
                "certificates": {
                    "old": {**_OLD, "days": left, "in_cas": in_cas},
                    "spare": {"names": [spare], "key": key, "days": 190},
                },
                "cdn": [{"domain": "www.example.com", "certificate": "old"}],
            }
            owner = {"webhook_url": receiver.url, "webhook_secret": SECRET, "warning_days": warning_days}
            return entered.enter_context(discovered(estate, tmp_path, **owner))

        yield enter


def left_days(platform: Platform, receiver: Receiver, *days: float) -> list[tuple[int, list[str]]]:
    """After each: how many jobs there are, and of what kind the messages are that came."""
    told = []
    for one in days:
        platform.pass_days(one)
        platform.tick("scan_expiry", "scan_expiry")
        kinds = [message.body["Type"].rpartition(":")[2] for message in receiver.take()]
        told.append((len(platform.jobs()), kinds))
    return told


@pytest.mark.parametrize(
    ("warning_days", "before"),
    [(MONTH, [["ReplacementMissing"], []]), (BY_LIFETIME, [["ReplacementMissing"]] * 2)],
    ids=["one time, a month before", "by lifetime"],
)
def test_what_gives_way_is_replaced_when_the_last_days_begin(
    installed: Installed, receiver: Receiver, warning_days: tuple[float, ...], before: list[list[str]]
) -> None:
    platform = installed(warning_days)

    found = left_days(platform, receiver, 11, 21.5, 0.8)  # 29, 7.5 and 6.7 days are left

    assert found == [*((0, kinds) for kinds in before), (1, ["Finished"])]
    assert platform.workers()[WWW].chosen_because.startswith("what is in place ends on ")


@pytest.mark.long
def test_the_kind_of_key_changes_on_the_last_day_only(installed: Installed, receiver: Receiver) -> None:
    """Until then clients that take the one in place alone are served."""
    platform = installed(MONTH, key="rsa-2048")

    found = left_days(platform, receiver, 11, 22.3, 5.6, 0.2)  # 29, 6.7, 1.1 and 0.9 days are left

    assert found == [(0, ["ReplacementMissing"]), (0, []), (0, []), (1, ["Finished"])]
    assert "although the certificate in place was bought, this one was not and the kind of key changes" in (
        platform.workers()[WWW].chosen_because
    )


def test_the_kind_of_key_that_the_product_alone_shows_is_kept_as_long(installed: Installed) -> None:
    platform = installed(MONTH, key="rsa-2048", in_cas=False)
    assert platform.world.resources.get(WWW).resource.cert_key == "ECC 256"

    found = []
    for days in (11, 22.3, 5.6, 0.2):  # 29, 6.7, 1.1 and 0.9 days are left
        platform.pass_days(days)
        platform.tick("scan_expiry", "scan_expiry")
        found.append(len(platform.jobs()))

    assert found == [0, 0, 0, 1]


def test_what_cas_does_not_know_is_replaced_then_as_well(installed: Installed, receiver: Receiver) -> None:
    platform = installed(MONTH, in_cas=False)

    found = left_days(platform, receiver, 11, 21.5, 0.8)

    assert found == [(0, ["Expiring"]), (0, []), (1, ["Finished"])]


@pytest.mark.parametrize("in_cas", [True, False], ids=["known to CAS", "unknown to CAS"])
def test_that_nothing_gives_way_is_not_told_then_but_at_the_warning_times(
    installed: Installed, receiver: Receiver, in_cas: bool
) -> None:
    platform = installed(MONTH, in_cas=in_cas, spare="*.example.net")

    left_days(platform, receiver, 11)
    found = left_days(platform, receiver, 22.3, 3)

    assert found == [(0, []), (0, [])]


def test_of_what_is_in_its_last_days_at_the_baseline_nothing_is_replaced(
    installed: Installed, receiver: Receiver
) -> None:
    platform = installed((), left=5)

    assert left_days(platform, receiver, 0, 1, 1) == [(0, []), (0, []), (0, [])]
