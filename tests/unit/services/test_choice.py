"""Lists show what an automatic plan would choose, and what it keeps away and why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.resources import CloudProduct, CloudResource
from shared.services.choice import KeptAway
from shared.services.map import MappedSlot, known_certificates, map_certificate, map_slots
from shared.services.plan import plan
from shared.services.policies import store_policies
from tests.builders import NOW, a_certificate, a_resource, signed_by
from tests.worlds import PRODUCTS, a_world


def a_cert(cert_id: int, *names: str, days: float = 50, **changes: Any) -> Certificate:
    return a_certificate(cert_id, names=names, not_after=NOW + timedelta(days=days), **changes)


def mapped(folder: Path, slot: CloudResource, *certificates: Certificate) -> MappedSlot:
    (found,) = map_slots(a_world(folder, certificates=certificates, slots=[slot]), PRODUCTS)
    return found


def test_what_is_in_place_is_the_best_where_another_may_not_go_there_and_that_one_is_told_with_the_reason(
    tmp_path: Path,
) -> None:
    rsa, ecc = a_cert(1, "*.example.com", days=60), a_cert(2, "*.example.com", days=90, algorithm="ECC")

    found = mapped(tmp_path, a_resource(), rsa, ecc)

    assert (found.best_cert_identifier, found.best_not_after) == (rsa.identifier, rsa.not_after)
    assert found.kept_away == KeptAway(
        cert_identifier=ecc.identifier,
        not_after=ecc.not_after,
        rule="key",
        reason="the kind of key changes (RSA → ECC); create a job by hand",
    )


def test_what_a_policy_keeps_away_is_told_and_a_certificate_says_so_too(tmp_path: Path) -> None:
    old, new = a_cert(1, "*.example.com", days=60), a_cert(2, "*.example.com", days=90)
    world = a_world(tmp_path, certificates=[old, new], slots=[a_resource()])
    store_policies(world, "rules: [{name: by hand, match: {product: CDN}, deploy: off}]", version=0)
    why = "policy rule 1 (by hand) says off; create a job by hand"

    (slot,) = map_slots(world, PRODUCTS)
    (could,) = map_certificate(world, new).could_serve

    assert slot.best_cert_identifier == old.identifier
    assert slot.kept_away is not None
    assert (slot.kept_away.rule, slot.kept_away.reason) == ("policy", why)
    assert (could.rule_by_itself, could.reason_by_itself) == ("policy", why)


@pytest.mark.parametrize("days", [50, 49], ids=["the same end", "an earlier end"])
def test_where_nothing_ends_later_what_is_in_place_is_the_best_and_nothing_is_kept_away(
    tmp_path: Path, days: float
) -> None:
    found = mapped(tmp_path, a_resource(), a_cert(1, "*.example.com"), a_cert(2, "*.example.com", days=days))

    assert (found.best_cert_identifier, found.kept_away) == ("1-cn-hangzhou", None)


def test_an_expired_certificate_is_not_the_best_where_nothing_may_take_its_place(tmp_path: Path) -> None:
    own = a_cert(2, "*.example.com", days=90, **signed_by("Corp CA", "Corp CA"))

    found = mapped(tmp_path, a_resource(), a_cert(1, "*.example.com", days=-1), own)

    assert (found.best_cert_identifier, found.best_not_after) == ("", None)
    assert found.kept_away is not None
    assert found.kept_away.rule == "trust"


def test_lists_and_plans_choose_the_same(tmp_path: Path) -> None:
    """A certificate is told to go somewhere by itself only where a plan puts it."""
    certificates = [
        a_cert(1, "*.example.com", days=5),
        a_cert(2, "*.example.com", days=60),
        a_cert(3, "*.example.com", days=90),
        a_cert(4, "*.example.com", days=70, algorithm="ECC"),
        a_cert(5, "*.example.com", days=3, algorithm="ECC"),
        a_cert(6, "b.example.com", days=120, source=CertificateSource.TEST),
        a_cert(7, "*.example.com", days=-1, source=CertificateSource.BUY),
    ]
    slots = [
        a_resource(f"{name}.example.com", cert_identifier=identifier, cert_not_after=None)
        for name in "abcd"
        for identifier in ("", "sha256:ab", *(one.identifier for one in certificates))
    ]
    slots = [
        one.evolve(
            product=CloudProduct.OSS,
            location="cn-hangzhou",
            resource_id=f"bucket-{n}/{one.resource_id}",
            instance_id=f"bucket-{n}",
        )
        for n, one in enumerate(slots)
    ]
    world = a_world(tmp_path, certificates=certificates, slots=slots)

    planned = plan(world, known_certificates(world), slots, automatic=True).deployments
    listed = map_slots(world, PRODUCTS)
    shown = [entry for one in certificates for entry in map_certificate(world, one).could_serve]

    expected = {(entry.resource.slot, entry.cert_identifier) for entry in planned}
    differing = [one for one in listed if one.best_cert_identifier not in ("", one.cert_identifier)]
    assert {(one.slot, one.best_cert_identifier) for one in differing} == expected
    assert {(one.resource.slot, one.cert_identifier) for one in shown if one.by_itself} == expected
    assert len({identifier for _, identifier in expected}) > 1


def test_a_certificate_says_what_goes_there_in_its_place(tmp_path: Path) -> None:
    sooner, longest = a_cert(2, "*.example.com", days=60), a_cert(3, "*.example.com", days=90)
    world = a_world(
        tmp_path, certificates=[a_cert(1, "*.example.com"), sooner, longest], slots=[a_resource()]
    )

    (first,) = map_certificate(world, sooner).could_serve
    (second,) = map_certificate(world, longest).could_serve

    assert (first.by_itself, first.rule_by_itself) == (False, "another")
    assert first.reason_by_itself == "3-cn-hangzhou goes there instead"
    assert (second.by_itself, second.rule_by_itself) == (True, "")
