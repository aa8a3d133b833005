"""The sample estate, which the demo runs on: a renewal concerns every product there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import yaml

from cli.ram_documents import Place
from emulator import aws
from emulator.authority import Authority
from emulator.estate import SAMPLE
from shared.cloud.aws import CloudAccess
from shared.domain.resources import SyncState
from shared.products import supported_products
from shared.services import plan as planning
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, new_platform
from tests.functional.pipeline.roles import assumed, unused

READS = ("Describe", "Get", "List", "Query")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """It takes a while to begin, so the stories follow one another."""
    sample: dict[str, Any] = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    sample["certificates"]["spare"] = {"names": list(NAMES), "days": 198}
    folder = tmp_path_factory.mktemp("sample")
    with pytest.MonkeyPatch.context() as monkeypatch, ExitStack() as entered:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.ACCESS_KEY["access_key_id"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws.ACCESS_KEY["access_key_secret"])
        access = CloudAccess(endpoint=aws.endpoint())
        made = new_platform(sample, folder, products=supported_products(), aws_access=access)
        installed = entered.enter_context(made)
        installed.cloud.service("aws").start()
        settings = installed.app().settings
        for function in ("scan_expiry", "discover_resources", "discover_clusters"):
            place = Place.of(settings, {})
            installed.keys[function] = assumed(installed.cloud, settings.endpoint, function, place)
        installed.tick("scan_expiry", "discover_resources")
        yield installed


@pytest.mark.long
def test_untouched_for_an_hour_it_writes_nothing(platform: Platform) -> None:
    """Some of its certificates are within a warning time, though CAS has a longer one; one has expired."""
    for _ in range(6):
        platform.pass_days(1 / 144)
        platform.tick("scan_expiry", "run_deployment_jobs")

    calls = [call for call in platform.cloud.calls if call.api.lower() != "ram"]  # those of this test
    changes = [call.action for call in calls if not call.action.startswith(READS)]
    assert (platform.jobs(), changes) == ([], [])


def test_what_reads_is_denied_nothing_and_its_role_grants_little_that_it_does_not_need(
    platform: Platform,
) -> None:
    """Reads that only deployments make are not among the rights of discovery."""
    of_ours = ("ots:", "fc:InvokeFunction", "log:")

    assert platform.cloud.uses.denied() == []
    assert {pair for pair in unused(platform.cloud) if not pair[1].startswith(of_ours)} == {
        ("discover-resources", "esa:GetCertificate"),  # no site here has an uploaded certificate
        # A slot's certificate is looked up in CAS only where the scan has not stored it.
        ("discover-clusters", "yundun-cert:GetCertificateDetail"),
        ("discover-clusters", "yundun-cert:ListCertificates"),
        ("discover-clusters", "yundun-cert:ListUserCertificateOrder"),
    }


def test_the_certificate_that_ends_first_is_replaced_on_every_product_where_a_client_meets_it(
    platform: Platform,
) -> None:
    bundle = Authority().issue(NAMES, days=200, now=platform.clock())
    row = platform.cloud.service("cas").add("renewed", "cn-hangzhou", bundle)
    platform.call("scan_expiry", {})  # and nothing of what would follow
    renewed = platform.world.certificates.get(row.identifier).certificate

    found = planning.plan(
        platform.world, [renewed], planning.candidates(platform.world, [renewed]), automatic=True
    )

    slots = [entry.resource for entry in found.deployments]
    assert {slot.product for slot in slots} == set(supported_products())
    assert [slot.slot for slot in slots if not slot.endpoint] == [], "nothing could prove these"
    failed = [
        s for p in supported_products() for s in platform.world.syncs.list(p) if s.state is SyncState.FAILED
    ]
    assert failed == []
