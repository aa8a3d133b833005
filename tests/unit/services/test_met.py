"""What clients of one slot are served now, next to what its product told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from shared.cloud.tls import Leaf
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource, SyncState, SyncStatus
from shared.services.met import Met, meet, reading_of
from shared.services.world import ClientMet, World
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource
from tests.worlds import a_world

NAME = "www.example.com"
PRESENT, RENEWED = a_certificate(1, algorithm="ECC"), a_certificate(7, not_after=NOW + timedelta(days=300))


def leaf(certificate: Certificate) -> Leaf:
    return Leaf(
        sha1=certificate.fingerprint,
        sha256=f"{certificate.cert_id:064x}",
        serial=certificate.serial,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        names=certificate.names,
    )


class Clients:
    """What each name is served; each handshake takes some seconds."""

    def __init__(self, world: World, served: Mapping[str, ClientMet], takes_s: float = 0.0) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self._served, self._takes_s = served, takes_s
        ports = {"client": self, "steady": lambda: lambda: self._takes_s * len(self.asked)}
        vars(world).update(ports)

    def __call__(self, endpoint: str, server_name: str, algorithm: str) -> ClientMet:
        self.asked.append((endpoint, server_name, algorithm))
        return self._served.get(server_name, ClientMet(detail="no route"))


def met(
    folder: Path, served: ClientMet, slot: CloudResource | None = None, *more: Certificate
) -> tuple[Met, Clients]:
    resource = slot or a_resource()
    world = a_world(folder, certificates=[PRESENT, RENEWED, *more], slots=[resource])
    clients = Clients(world, {NAME: served})
    return meet(world, resource), clients


@pytest.mark.parametrize("certificate", [PRESENT, RENEWED], ids=["as read", "another"])
def test_what_is_served_is_told_by_its_id_and_next_to_what_the_product_told(
    tmp_path: Path, certificate: Certificate
) -> None:
    found, clients = met(tmp_path, ClientMet(leaf(certificate), trusted=True))

    (one,) = found.names
    assert (one.server_name, one.cert_identifier, one.name) == (
        NAME,
        certificate.identifier,
        certificate.name,
    )
    assert (one.serial, one.not_after) == (certificate.serial, certificate.not_after)
    assert one.as_read is (certificate is PRESENT)
    assert clients.asked == [(f"{NAME}:443", NAME, "ECC")], "the kind of key that is in place"


def test_of_a_certificate_that_cas_has_twice_the_one_in_place_is_told(tmp_path: Path) -> None:
    twin = PRESENT.evolve(cert_id=3, not_after=PRESENT.not_after)
    found, _ = met(tmp_path, ClientMet(leaf(PRESENT)), a_resource(cert_identifier=twin.identifier), twin)

    assert [(one.cert_identifier, one.as_read) for one in found.names] == [(twin.identifier, True)]


@pytest.mark.parametrize(
    ("told", "as_read"),
    [
        (f"sha256:{99:064x}", True),
        (f"sha256:{98:064x}", False),
        (PRESENT.identifier, False),
        ("upload:unreadable", None),
        ("", None),
    ],
)
def test_what_cas_does_not_know_is_compared_where_it_can_be(
    tmp_path: Path, told: str, as_read: bool | None
) -> None:
    stranger = leaf(a_certificate(99, names=(NAME,)))

    found, _ = met(tmp_path, ClientMet(stranger, trusted=True), a_resource(cert_identifier=told))

    (one,) = found.names
    assert (one.cert_identifier, one.fingerprint, one.as_read) == ("", stranger.sha256, as_read)
    assert one.trusted is True


def test_that_no_client_trusts_what_a_private_ca_signed_is_not_told_but_that_it_is_misnamed_is(
    tmp_path: Path,
) -> None:
    """No root is public here: by their names both are of a private CA."""
    refused = ClientMet(leaf(PRESENT), trusted=False, why_not="its chain leads to no public root")
    misnamed = ClientMet(leaf(PRESENT), trusted=False, why_not="it is not for this name", misnamed=True)

    (quiet,) = met(tmp_path / "a", refused)[0].names
    (told,) = met(tmp_path / "b", misnamed)[0].names

    assert (quiet.trusted, quiet.why_not) == (None, "")
    assert (told.trusted, told.why_not) == (False, "it is not for this name")


def test_where_nobody_answers_the_reason_is_told(tmp_path: Path) -> None:
    found, _ = met(tmp_path, ClientMet(detail="no answer in time"))

    (one,) = found.names
    assert (one.detail, one.trusted, one.as_read, one.not_after) == ("no answer in time", None, None, None)


@pytest.mark.parametrize(("takes_s", "asked"), [(0.0, 5), (16.0, 2)])
def test_of_many_names_some_are_asked_and_the_others_are_counted(
    tmp_path: Path, takes_s: float, asked: int
) -> None:
    names = tuple(f"{n}.example.com" for n in range(8))
    slot = a_listener_slot(domains=names, endpoint="alb.example.com:443")
    world = a_world(tmp_path, slots=[slot])
    clients = Clients(world, {}, takes_s)

    found = meet(world, slot)

    assert (len(clients.asked), len(found.names), found.not_asked) == (asked, asked, 8 - asked)


@pytest.mark.parametrize(
    ("slot", "why"),
    [
        (a_resource(endpoint=""), "names no address"),
        (a_listener_slot(domains=(), endpoint="alb.example.com:443"), "names no address"),
        (a_resource(product=CloudProduct.DCDN), "does not include DCDN"),
    ],
)
def test_where_none_can_or_may_be_made_no_handshake_is_made_and_the_reason_is_told(
    tmp_path: Path, slot: CloudResource, why: str
) -> None:
    found, clients = met(tmp_path, ClientMet(), slot)

    assert why in found.detail
    assert (found.names, clients.asked) == ((), [])


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (SyncState.SYNCED, ""),
        (SyncState.SYNCING, "CDN is still being read"),
        (SyncState.FAILED, "CDN could not be read whole: no right"),
    ],
)
def test_that_the_product_could_not_be_read_again_is_told(tmp_path: Path, state: SyncState, why: str) -> None:
    world = a_world(tmp_path, slots=[a_resource()])
    Clients(world, {})
    world.syncs.put(SyncStatus(product=CloudProduct.CDN, state=state, reason="no right", started_at=NOW))

    assert meet(world, a_resource()).old == why


def test_a_slot_is_read_again_by_its_product_in_its_region_and_account() -> None:
    of_one = reading_of(a_listener_slot(account="2000000000000002"))

    assert of_one.model_dump(mode="json", by_alias=True, exclude_defaults=True) == {
        "Products": ["ALB"],
        "Account": "2000000000000002",
        "Region": "cn-hangzhou",
    }
    assert (reading_of(a_resource()).account, reading_of(a_resource()).region) == ("", "")
