"""The engine `cas` on every product at once: the sample estate's renewal, by jobs of CAS and directly."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from emulator.estate import load_estate
from shared.domain.engines import Engine, by_cas
from shared.domain.jobs import Handshake
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import new_platform
from tests.shortened import WHOLE

#: Ingresses of SAE and instances of WAF, whose resources the emulated CAS does not know.
UNKNOWN = ("SAE/", "WAF/cn-hangzhou/i-")
READS = ("Describe", "Get", "List", "Query", "Head")


@pytest.mark.skipif(not WHOLE, reason="`make walk` tells it")
def test_each_slot_that_cas_knows_is_written_by_cas_and_the_others_directly_or_not_at_all(
    tmp_path: Path,
) -> None:
    products = [product for product in CloudProduct if product is not CloudProduct.AWS]
    with new_platform(load_estate(None), tmp_path, products=products, engine=Engine.CAS) as platform:
        platform.tick("scan_expiry", "discover_resources")
        new = platform.renew(*NAMES, key="rsa-2048")
        platform.call("scan_expiry", {})
        platform.queue.clear()
        asked = {"CertIds": [int(new.partition("-")[0])], "Name": "all"}
        platform.call("create_deployment_job", asked)
        platform.cloud.calls.clear()
        platform.drain()

        workers = platform.workers()
        left = {slot for slot, one in workers.items() if one.status is WorkerStatus.ERROR}
        assert left == {slot for slot in workers if slot.startswith(UNKNOWN)}
        assert all("NotSynchronised" in workers[slot].reason for slot in left)
        done = [one for one in workers.values() if one.status is WorkerStatus.SUCCESS]
        assert len(done) == len(workers) - len(left)
        proofs = Counter(one.verification.handshake for one in done if one.verification)
        assert proofs[Handshake.SERVED] > 20
        there = [job for job in platform.cloud.service("cas")._jobs.values() if job.status == "success"]
        by_them = sum(len(job.workers) for job in there)
        assert by_them == sum(by_cas(one.resource.product) for one in done)
        assert by_them > 20
        assert any(not by_cas(one.resource.product) for one in done)
        written = {call.api for call in platform.cloud.calls if not call.action.startswith(READS)}
        assert {api.lower() for api in written} <= {"cas", "cs", "kubernetes", "eas", "esa"}
