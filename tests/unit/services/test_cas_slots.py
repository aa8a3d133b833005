"""Which of CAS's cloud resources a slot is, and that none is taken where that is not certain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.cloud.cas_jobs import CasResource
from shared.domain.engines import Engine, by_cas, engine_of
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.errors import CloudRejectedError
from shared.services.cas_slots import resource_of

OLD, NEW = 7, 8
WWW = CloudResource(
    product=CloudProduct.CDN,
    resource_id="www.example.com",
    domains=("www.example.com",),
    cert_identifier=f"{OLD}-cn-hangzhou",
)
DEFAULT = CloudResource(
    product=CloudProduct.ALB,
    region="cn-hangzhou",
    resource_id="lsn-1/default",
    instance_id="alb-1",
    listener_id="lsn-1",
    port=443,
    role=SlotRole.DEFAULT,
    domains=("example.com",),
    domains_of_certificate=True,
    cert_identifier=f"{OLD}-cn-hangzhou",
)
ADDITIONAL = DEFAULT.evolve(resource_id=f"lsn-1/additional/{OLD}-cn-hangzhou", role=SlotRole.ADDITIONAL)
OF_WWW = CasResource(1, "www.example.com", OLD)
OTHER = replace(OF_WWW, resource_id=4)
OF_DEFAULT = CasResource(2, "example.com", OLD, "alb-1", "lsn-1", 443, True, "cn-hangzhou")
OF_ADDITIONAL = CasResource(3, "example.com", OLD, "alb-1", "lsn-1", 443, False, "cn-hangzhou")


@pytest.mark.parametrize(
    ("slot", "known", "number"),
    [
        (WWW, [OF_WWW], 1),
        (WWW, [CasResource(4, "img.example.com", OLD), OF_WWW], 1),
        (WWW, [replace(OF_WWW, domain="WWW.Example.com.")], 1),
        (WWW.evolve(domains=("*.example.com",)), [replace(OF_WWW, domain=".example.com")], 1),
        (WWW.evolve(domains=("xn--bcher-kva.example",)), [replace(OF_WWW, domain="bücher.example")], 1),
        (WWW, [replace(OF_WWW, cert_id=None)], 1),  # nobody says what it carries
        (DEFAULT, [OF_DEFAULT, OF_ADDITIONAL], 2),
        (ADDITIONAL, [OF_DEFAULT, OF_ADDITIONAL], 3),
        (ADDITIONAL, [OF_ADDITIONAL, replace(OF_ADDITIONAL, resource_id=4, cert_id=NEW)], 3),
        (DEFAULT, [replace(OF_DEFAULT, instance_id="alb-2", resource_id=4), OF_DEFAULT], 2),
        (DEFAULT, [replace(OF_DEFAULT, listener_id="lsn-2", port=444, resource_id=4), OF_DEFAULT], 2),
        (DEFAULT, [replace(OF_DEFAULT, listener_id="")], 2),  # told by its port
        (DEFAULT, [replace(OF_DEFAULT, port=None)], 2),
        (DEFAULT, [replace(OF_DEFAULT, cert_id=NEW)], 2),  # the cache is late
        (
            WWW.evolve(region="cn-beijing"),
            [replace(OF_WWW, region="cn-hangzhou", resource_id=4), replace(OF_WWW, region="cn-beijing")],
            1,
        ),
        (
            WWW.evolve(instance_id="gw-1"),
            [replace(OF_WWW, instance_id="gw-2", resource_id=4), replace(OF_WWW, instance_id="gw-1")],
            1,
        ),
        (WWW, [replace(OTHER, cert_id=NEW), OF_WWW], 1),  # of two, that with its certificate
    ],
)
def test_one_that_fits_is_found(slot: CloudResource, known: list[CasResource], number: int) -> None:
    assert resource_of(slot, known) == number


@pytest.mark.parametrize(
    ("slot", "known", "code"),
    [
        (WWW, [], "NotSynchronised"),
        (WWW, [CasResource(4, "img.example.com", OLD)], "NotSynchronised"),
        (WWW, [CasResource(4, "", OLD)], "NotSynchronised"),
        (WWW, [CasResource(4, "not a name", OLD)], "NotSynchronised"),
        (WWW, [OF_WWW, replace(OF_WWW, resource_id=4)], "Ambiguous"),
        (DEFAULT, [OF_ADDITIONAL], "NotSynchronised"),
        (DEFAULT, [replace(OF_DEFAULT, instance_id="alb-2")], "NotSynchronised"),
        (DEFAULT, [replace(OF_DEFAULT, listener_id="lsn-2", port=444)], "NotSynchronised"),
        (ADDITIONAL, [OF_DEFAULT], "NotSynchronised"),
        (ADDITIONAL, [replace(OF_ADDITIONAL, cert_id=NEW)], "NotSynchronised"),
        (ADDITIONAL, [OF_ADDITIONAL, replace(OF_ADDITIONAL, resource_id=4)], "Ambiguous"),
    ],
)
def test_none_is_taken_where_it_is_not_certain(
    slot: CloudResource, known: list[CasResource], code: str
) -> None:
    with pytest.raises(CloudRejectedError, match=code) as refused:
        resource_of(slot, known)

    assert "the engine `direct`" in str(refused.value)


def test_what_cas_has_no_word_for_is_deployed_directly() -> None:
    directly = {product.value for product in CloudProduct if not by_cas(product)}

    assert directly == {"ACK", "AWS", "ESA", "PAI"}
    assert engine_of(Engine.CAS, CloudProduct.ESA) is Engine.DIRECT
    assert engine_of(Engine.DIRECT, CloudProduct.CDN) is Engine.DIRECT
