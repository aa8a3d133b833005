"""A renewal on products that take the private key: it is served, and no line of the key is left anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.faults import Fault
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from tests.functional.pipeline import states
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.keys import traditional

_HERE = {"region": "cn-hangzhou", "certificate": "old"}
ESTATE: dict[str, Any] = {
    "certificates": {"old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}},
    "fc": [
        {"domain": "three.example.com", **_HERE},
        {"domain": "two.example.com", **_HERE, "version": "2.0"},
    ],
    "live": [{"domain": "live.example.com", "certificate": "old"}],
    "apigateway": [
        {
            "name": "one",
            "region": "cn-hangzhou",
            "domains": [{"domain": "open.example.com", "certificate": "old"}],
        }
    ],
}
#: the change of each slot, by API
WRITES = {
    "fc": "UpdateCustomDomain",
    "fc-open": "UpdateCustomDomain",
    "live": "SetLiveDomainCertificate",
    "cloudapi": "SetDomainCertificate",
}
PRODUCTS = (CloudProduct.FC, CloudProduct.LIVE, CloudProduct.API_GATEWAY)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, PRODUCTS) as installed:
        yield installed


def key_of(platform: Platform, identifier: str) -> str:
    held = platform.cloud.service("cas")._certificates[int(identifier.partition("-")[0])]
    return str(held.bundle.key_pem)


@pytest.mark.parametrize("refused", [False, True])
def test_no_line_of_a_key_is_in_state_events_logs_or_the_log_of_calls(
    platform: Platform, tmp_path: Path, caplog: pytest.LogCaptureFixture, refused: bool
) -> None:
    caplog.set_level("DEBUG")
    new, events = platform.renew(*NAMES), list[bytes]()
    deliver = platform.deliver

    def delivered(function: str, payload: bytes) -> None:
        events.append(payload)
        deliver(function, payload)

    platform.deliver = delivered  # type: ignore[method-assign]
    for api, action in WRITES.items() if refused else ():
        platform.cloud.faults.add(Fault(action, 400, "InvalidArgument", api=api))
    platform.tick("scan_expiry")

    assert platform.job().status is (JobStatus.ERROR if refused else JobStatus.SUCCESS)
    assert len(platform.workers()) == len(WRITES)
    key = key_of(platform, new)
    lines = {*key.splitlines(), *traditional(key).splitlines()}
    logged = [caplog.text, *(repr(vars(record)) for record in caplog.records)]
    kept = [path.read_bytes().decode(errors="replace") for path in tmp_path.iterdir()]
    kept.append(states.as_text(tmp_path / "state.db"))
    told = [*logged, *kept, *map(bytes.decode, events), repr(platform.cloud.calls)]
    assert any("workers" in text for text in kept)
    assert len(events) > 1
    assert [line for line in lines if any(line in text for text in told)] == []
