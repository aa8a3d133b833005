"""The demo's own proof: which places at the edge a worker was meant to change."""

from __future__ import annotations

import pytest

from cli.demo.proof import prove
from emulator.authority import Authority
from shared.cloud.roots import Roots
from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudProduct, CloudResource

CNAME = "edge.example.com.f07ec6.atrustdns.com:443"


@pytest.mark.parametrize(
    ("kind", "name", "changed"),
    [
        ("hostname", "news.example.com", ()),
        ("hostname", "tv.example.com", (f"{CNAME} for tv.example.com",)),
        ("", "news.example.com", (f"{CNAME} for news.example.com",)),
    ],
)
def test_a_hostname_is_served_at_its_record_and_at_the_cname_of_that(
    kind: str, name: str, changed: tuple[str, ...]
) -> None:
    hostname = CloudResource(
        product=CloudProduct.ESA,
        resource_id="1",
        kind=kind,
        domains=("news.example.com",),
        endpoint="edge.example.com:443",
    )
    worker = WorkerResource(job_id=1, worker_id=1, resource=hostname, cert_identifier="2-cn-hangzhou")
    renewed = Authority().issue(["news.example.com"], key="ecdsa-p256")
    before, after = {(CNAME, name): "old"}, {(CNAME, name): "new"}

    assert prove([worker], renewed, "", Roots(), before, after).changed == changed
