"""ALB and NLB: a default certificate, and additional ones that take the name of what they carry."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.resources import CloudProduct
from tests.contract.answers import stuck
from tests.contract.bench import Bench
from tests.contract.cases import Case, Hindered, no_certificate

#: What the first two listeners of an account have.
SHARED: dict[str, Any] = {"default": "old", "additional": ["other", "second"]}
CARRIED = {
    "shop:443/default": "old",
    "shop:443/additional/other": "other",
    "shop:443/additional/second": "second",
    "shop:444/default": "old",
    "shop:444/additional/other": "other",
    "shop:444/additional/second": "second",
}


def with_a_job_that_is_asked_for(bench: Bench) -> None:
    """As of a change that a listener does not show although it is ready."""
    asked = bench.calls()

    def again() -> bool:
        return any((bench.calls() - asked)[action] for action in ("ListAsynJobs", "GetJobStatus"))

    with pytest.MonkeyPatch.context() as patch:
        stuck(patch, bench.cloud, "ListListenerCertificates", until=again)
        bench.deploy(bench.slot("shop:443/default"), "new")


def listener_cases(
    product: CloudProduct, estate: dict[str, Any], further: dict[str, str], busy: str
) -> list[Case]:
    """A row for each of the two kinds. `further`: what is carried beside CARRIED."""
    rows: tuple[tuple[str, str, str, dict[str, str]], ...] = (
        ("default", "shop:443/default", "UpdateListenerAttribute", {}),
        (
            "additional",
            "shop:443/additional/second",
            "AssociateAdditionalCertificatesWithListener",
            {"shop:443/additional/second": "shop:443/additional/new"},
        ),
    )
    return [
        Case(
            f"{product.value}-{kind}",
            product,
            estate,
            CARRIED | further,
            region="cn-hangzhou",
            slot=slot,
            writes=writes,
            pages="ListListeners",
            reads=("ListLoadBalancers", "ListListeners", "ListListenerCertificates"),
            busy=busy,
            away=None,
            renamed=renamed,
            also=with_a_job_that_is_asked_for,
        )
        for kind, slot, writes, renamed in rows
    ]


def two_regions(section: str, shop: list[dict[str, Any]], mail: list[dict[str, Any]]) -> dict[str, Any]:
    """Load balancers of a section: with listeners, without, and in another region."""
    here = {"region": "cn-hangzhou"}
    return {
        "regions": ["cn-hangzhou", "cn-beijing"],
        section: [
            {"name": "shop", **here, "listeners": shop},
            {"name": "mail", **here, "listeners": mail},
            {"name": "empty", **here},
            {"name": "far", "region": "cn-beijing", "listeners": [{"port": 443, "default": "old"}]},
        ],
    }


def hindered(product: CloudProduct, protocol: str, tag: str) -> list[Hindered]:
    """Listeners without certificate, and those of clusters; `tag`: what such a cluster writes."""
    bound = {"port": 443, "protocol": protocol, "default": "old"}
    bare = {"port": 8443, "protocol": protocol}
    row = {"region": "cn-hangzhou", "listeners": [bound, bare]}
    rows = [
        {**row, "name": "shop", "tags": {"team": "web"}},
        {**row, "name": "owned", "tags": {"ack.aliyun.com": "c7"}},
        {**row, "name": "other", "tags": {tag: "c8"}},
    ]
    sentences = {"shop:8443": no_certificate(product.value)} | {
        f"{name}:{port}": f"cluster {cluster} manages it; deploy through the cluster"
        for name, cluster in (("owned", "c7"), ("other", "c8"))
        for port in (443, 8443)
    }
    return [Hindered(product, {product.value.lower(): rows}, sentences)]
