"""A certificate that ends and is not replaced: CAS has nothing, or the message says why not that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import discovered
from tests.receiver import SECRET, Receiver


def told(folder: Path, receiver: Receiver, spare: dict[str, Any]) -> dict[str, Any]:
    """What is told of `old` when a warning time passes; CAS has `spare` from the beginning."""
    estate = {**ESTATE, "certificates": {**ESTATE["certificates"], "spare": spare}}
    with discovered(estate, folder, webhook_url=receiver.url, webhook_secret=SECRET) as platform:
        platform.pass_days(10.5)
        platform.tick("scan_expiry", "scan_expiry")
        assert platform.jobs() == []
        (message,) = (one.body for one in receiver.take() if one.body["Name"] == "old")
    return message


@pytest.mark.parametrize(
    ("spare", "reason"),
    [
        (
            {"ca": "private"},
            "it is private (certdeploy Internal TLS CA), the one in place is public; create a job by hand",
        ),
        (
            {"chain": "leaf-only"},
            "CAS holds it without the certificate of its issuer; upload it with its full chain",
        ),
        ({"key": "rsa-2048"}, "the kind of key changes (ECC → RSA); create a job by hand"),
        ({"private_key": False}, "CAS does not hold its private key (the CSR was made elsewhere)"),
        ({"status": "revoked"}, "it is revoked"),
        ({"status": "revoked", "days": 20, "age": 20}, None),
        ({"days": 20, "age": 20}, None),
        ({"names": ["*.example.net"]}, None),
    ],
    ids=[
        "trust",
        "chain",
        "key",
        "no key",
        "revoked",
        "revoked, ends sooner",
        "it ends sooner",
        "other names",
    ],
)
def test_why_what_cas_has_does_not_replace_it_is_told(
    tmp_path: Path, receiver: Receiver, spare: dict[str, Any], reason: str | None
) -> None:
    """Without a reason CAS has nothing."""
    message = told(tmp_path, receiver, {"names": list(NAMES), "key": "ecdsa-p256", "days": 200, **spare})

    assert len(message["Slots"]) == 4
    told_so = message.get("Reason")
    assert (told_so.partition(" for it, but ")[2] or told_so if told_so else None) == reason


def test_of_several_reasons_each_is_told_with_how_many_slots_it_is_about(
    tmp_path: Path, receiver: Receiver
) -> None:
    message = told(tmp_path, receiver, {"names": ["www.example.com"], "days": 200})

    assert message["Reason"] == (
        "3 slots: CAS has nothing that is valid longer and covers it;"
        " 1 slot: the kind of key changes (ECC → RSA); create a job by hand"
    )
