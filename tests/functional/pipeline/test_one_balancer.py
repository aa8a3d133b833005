"""A listener whose certificates are compared with its settings: its slots are tried again together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from shared.services.world import ProbeResult
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import discovered
from tests.functional.pipeline.stories import asked_for, statuses, uploaded

W = WorkerStatus
OLD = {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}
SECOND = {**OLD, "names": ["www.example.com"]}
EXTENSIONS = [{"domain": "img.example.com", "certificate": "old"}]
LISTENERS = [{"port": 443, "certificate": "old", "extensions": EXTENSIONS}]
RULE = {"name": "web", "region": "cn-hangzhou", "load_balancer": "front", "certificates": ["old", "second"]}
ESTATES: dict[CloudProduct, dict[str, Any]] = {
    CloudProduct.SLB: {
        "certificates": {"old": OLD},
        "slb": [{"name": "shop", "region": "cn-hangzhou", "listeners": LISTENERS}],
    },
    CloudProduct.SAE: {
        "certificates": {"old": OLD, "second": SECOND},
        "alb": [{"name": "front", "region": "cn-hangzhou", "listeners": []}],
        "sae": [RULE],
    },
}
WRITES = {
    CloudProduct.SLB: ["SetLoadBalancerHTTPSListenerAttribute", "SetDomainExtensionAttribute"],
    CloudProduct.SAE: ["UpdateIngress", "UpdateIngress"],
}


@pytest.mark.parametrize("product", ESTATES)
def test_what_a_job_changed_beside_a_slot_is_no_lost_setting_when_it_is_tried_again(
    tmp_path: Path, product: CloudProduct
) -> None:
    """Both are in place, and the first is not served yet: the next try looks at a listener that has both."""
    with discovered(ESTATES[product], tmp_path, (product,)) as platform:
        probe = platform.world.probe
        began = platform.clock()

        def late(endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
            if (platform.clock() - began).total_seconds() < 60:
                return ProbeResult(False, "the old one")
            return probe(endpoint, server_name, certificate)

        platform.ports["probe"] = late
        asked_for(platform, uploaded(platform))
        platform.drain()

        assert statuses(platform) == {W.SUCCESS: 2}, [w.reason for w in platform.workers().values()]
        written = [call.action for call in platform.cloud.calls if call.action in WRITES[product]]
        assert written == WRITES[product]
