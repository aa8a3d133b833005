"""A slot that left while what held it stays: it reads as gone, has no successor, and takes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudResource
from shared.products.kit.changes import Change
from shared.products.kit.exchange import End
from tests.contract.bench import Bench, bench
from tests.contract.cases import CASES, IDENTIFIER, Case
from tests.contract.store import stored


def beside(slot: CloudResource, *, own: str = "", **changes: Any) -> CloudResource:
    """The slot under another name in the same place. `own`: the last part of its id."""
    if own:
        changes["resource_id"] = slot.resource_id.rpartition("/")[0] + f"/{own}"
    return slot.evolve(**changes)


def _domain(slot: CloudResource) -> CloudResource:
    past = "past.example.com"
    return slot.evolve(resource_id=slot.resource_id.replace(slot.domains[0], past), domains=(past,))


def _uncarried(slot: CloudResource) -> CloudResource:
    identifier = IDENTIFIER["other-too"]
    return beside(slot, own=identifier, cert_identifier=identifier)


#: By kind of slot: one that is not there.
GONE: dict[str, Callable[[CloudResource], CloudResource]] = {
    "ACK-secret": lambda slot: beside(slot, own="past"),
    "ACK-albconfig": lambda slot: beside(slot, listener_id=slot.listener_id.replace("443", "444")),
    "ACK-albconfig-additional": _uncarried,
    "APIGateway-classic": _domain,
    "APIGateway-cloud-native": lambda slot: beside(slot, resource_id="d-0", instance_id="d-0"),
    "CDN": _domain,
    "DCDN": _domain,
    "DDOS": _domain,
    "ESA": lambda slot: beside(slot, own="past", listener_id="past"),
    "ESA-hostname": lambda slot: beside(slot, resource_id="1"),
    "FC-3.0": _domain,
    "FC-2.0": _domain,
    "GA-additional": lambda slot: beside(slot, own="past.example.com"),
    "LIVE": _domain,
    "MSE": _domain,
    "OSS": _domain,
    "SAE-alb": _uncarried,
    "SLB-extension": _domain,
    "VOD": _domain,
    "WAF": _domain,
}
#: A listener's own certificate; what attaching makes anew (PAI); and what stays though it is emptied.
WITH_WHAT_HOLDS_THEM = {
    *("ALB-default", "ALB-additional", "NLB-default", "NLB-additional", "GA-default", "PAI"),
    *("SAE-alb-first", "SAE-clb", "SLB-listener", "WAF-default"),
}


def test_every_kind_of_slot_that_can_leave_alone_has_a_row() -> None:
    assert {case.name for case in CASES} - WITH_WHAT_HOLDS_THEM == set(GONE)


@pytest.mark.parametrize("case", [case for case in CASES if case.name in GONE], ids=lambda case: case.name)
def test_a_slot_that_left_alone_is_gone_and_takes_nothing(case: Case, server: Server) -> None:
    it: Bench = bench(server, case.product, case.estate, case.region)
    slot, new = GONE[case.name](stored(it, case)), it.certificate("new")

    assert it.adapter.read(slot) is None
    assert it.adapter.successor(slot, new) is None
    (outcome,) = it.adapter.outcomes(Change(slot, new))

    assert outcome.end is End.GONE
    assert it.count(case.writes) == 0
    assert it.carried() == case.carried


#: How the products say that a slot, or what holds it, is not there, by the action that is asked.
CODES = [
    ("ACK-secret", "GetSecret", ("NotFound",)),
    ("ACK-albconfig", "GetAlbConfig", ("NotFound",)),
    ("ALB-default", "ListListenerCertificates", ("ResourceNotFound.Listener",)),
    ("NLB-default", "ListListenerCertificates", ("ResourceNotFound.listener",)),
    ("APIGateway-classic", "DescribeApiGroup", ("NotFoundApiGroup", "InvalidGroupId.NotFound")),
    ("APIGateway-classic", "DescribeDomain", ("NotFoundDomain",)),
    ("APIGateway-cloud-native", "GetDomain", ("DatabaseError.RecordNotFound",)),
    ("CDN", "DescribeDomainCertificateInfo", ("InvalidDomain.NotFound",)),
    ("DCDN", "DescribeDcdnDomainCertificateInfo", ("InvalidDomain.NotFound",)),
    ("LIVE", "DescribeLiveDomainCertificateInfo", ("InvalidDomain.NotFound",)),
    ("VOD", "DescribeVodDomainCertificateInfo", ("InvalidDomain.NotFound",)),
    ("DDOS", "DescribeWebRules", ("DomainNotExist",)),
    ("ESA", "ListCertificates", ("ActiveSiteNotExist",)),
    ("ESA-hostname", "ListCustomHostnames", ("ActiveSiteNotExist",)),
    ("FC-3.0", "GetCustomDomain", ("DomainNameNotFound",)),
    ("FC-2.0", "GetCustomDomain", ("DomainNameNotFound",)),
    ("GA-default", "ListListenerCertificates", ("NotExist.Accelerator", "NotExist.Listener")),
    ("OSS", "ListCname", ("NoSuchBucket",)),
    ("PAI", "ListGatewayDomains", ("GatewayNotFound", "InvalidGateway.NotFound")),
    ("SAE-alb", "DescribeIngress", ("InvalidParameter.WithMessage",)),
    (
        "SLB-listener",
        "DescribeLoadBalancerHTTPSListenerAttribute",
        ("InvalidLoadBalancerId.NotFound", "ListenerNotFound"),
    ),
    ("WAF", "DescribeDomainDetail", ("DomainNotExist", "InstanceNotExist")),
    ("WAF-default", "DescribeDefaultHttps", ("InstanceNotExist",)),
]


@pytest.mark.parametrize(("name", "action", "codes"), CODES)
def test_a_slot_is_gone_by_each_code_that_says_so(
    server: Server, name: str, action: str, codes: tuple[str, ...]
) -> None:
    case = next(case for case in CASES if case.name == name)
    it = bench(server, case.product, case.estate, case.region)
    slot = stored(it, case)

    for code in codes:
        it.adapter = it.adapter_with(seconds=5)
        it.cloud.faults.add(Fault(action, status=404, code=code))
        assert it.adapter.read(slot) is None, code
