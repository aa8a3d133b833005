"""What an invocation works with: made of its environment and its context, and no more than once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.keys import AccessKey
from emulator.server import Server
from shared.cloud.credentials import Credentials
from shared.cloud.functions import Fc2Functions
from shared.domain.events import CertificateIssued
from shared.domain.resources import CloudProduct
from shared.errors import CloudCredentialsError, CloudError, SettingsError
from shared.products.cdn.adapter import Adapter as Cdn
from shared.products.kit.catalogue import NO_CATALOGUE
from shared.runtime.app import App
from shared.services.world import Policy
from shared.state.tables import META, TABLES
from shared.state.tablestore import TablestoreStore, create_tables
from shared.state.tablestore_address import Address

Make = Callable[..., App]
WRONG = AccessKey("LTAI-nobody", "wrong", "1")


@dataclass
class Deployed:
    """The functions that FC runs, by their whole names."""

    invoked: list[tuple[str, bytes, bool]] = field(default_factory=list)

    def invoke(
        self, name: str, payload: bytes, *, asynchronous: bool, request_id: str, task_id: str | None
    ) -> SimpleNamespace:
        self.invoked.append((name, payload, asynchronous))
        return SimpleNamespace(status=202, body=b"", error_type=None)


@pytest.fixture
def an_app(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """As a function makes it: variables without CERTDEPLOY_, and the key that its role gets."""
    for name in [name for name in os.environ if name.startswith(("CERTDEPLOY_", "FC_", "ALIBABA_CLOUD_"))]:
        monkeypatch.delenv(name)

    def make(key: AccessKey = server.cloud.key, region: str = "", **environ: str) -> App:
        known = {"STATE": str(tmp_path / "state.db"), "ENDPOINT": server.endpoint, **environ}
        for name, value in known.items():
            monkeypatch.setenv(f"CERTDEPLOY_{name}", value)
        monkeypatch.setenv("FC_REGION", region)
        monkeypatch.setenv("FC_ACCOUNT_ID", "1234567890")
        credentials = SimpleNamespace(
            access_key_id=key.access_key_id,
            access_key_secret=key.access_key_secret,
            security_token=key.token,
        )
        function = SimpleNamespace(name="certdeploy-test", timeout=60)
        return App.of(SimpleNamespace(request_id="r-1", function=function, credentials=credentials))

    return make


def test_what_the_owner_has_set_becomes_the_policy(an_app: Make) -> None:
    world = an_app(
        STORES="ap-southeast-1,cn-hangzhou", REGIONS="cn-beijing", PRODUCTS="CDN,OSS", AUTO="draft"
    ).world

    assert world.policy == Policy(
        stores=("ap-southeast-1", "cn-hangzhou"),
        regions=("cn-beijing",),
        products=(CloudProduct.CDN, CloudProduct.OSS),
        submit_automatic_jobs=False,
    )
    assert an_app(AUTO="submit").world.policy.submit_automatic_jobs is True
    assert world.holder == "r-1"


def test_an_invocation_knows_how_long_it_may_still_take(an_app: Make) -> None:
    world = an_app().world

    first, second = world.left_s(), world.left_s()

    assert 30 < second <= first < 60
    assert abs(world.clock() - datetime.now(timezone.utc)) < timedelta(seconds=30)


def test_an_instance_is_kept_between_invocations_unless_the_settings_differ(an_app: Make) -> None:
    one, again, other = an_app(), an_app(), an_app(PREFIX="other")

    assert one.settings is again.settings
    assert one.world.certificates._store is again.world.certificates._store, "one connection"
    assert other.settings.prefix == "other"
    assert one is not again


def test_a_state_in_tablestore_is_asked_with_the_keys_of_each_invocation(
    an_app: Make, cloud: Cloud, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come with the context, and from python3.12 on in the environment; the store outlives them."""
    stack = {"STATE": "", "OTS_INSTANCE": "certdeploy", "OTS_ENDPOINT": server.endpoint}
    own = Credentials(cloud.key.access_key_id, cloud.key.access_key_secret)
    create_tables(Address("certdeploy", server.endpoint), lambda: own, TABLES)
    old, young = (
        cloud.keys.add(cloud.account, expires=datetime.now(timezone.utc) + timedelta(hours=hours))
        for hours in (-1, 1)
    )

    before = an_app(young, **stack).world
    assert before.jobs.find(1) is None
    with pytest.raises(CloudCredentialsError, match=r"OTSAuthFailed: .*certdeploy at"):
        an_app(old, **stack).world.jobs.find(1)
    again = an_app(young, **stack).world
    assert again.jobs.find(1) is None
    assert again.jobs._store is before.jobs._store, "one client"

    bare = AccessKey("", "", "1")
    for name, value in (
        ("ACCESS_KEY_ID", young.access_key_id),
        ("ACCESS_KEY_SECRET", young.access_key_secret),
        ("SECURITY_TOKEN", young.token),
    ):
        monkeypatch.setenv(f"ALIBABA_CLOUD_{name}", value)
    assert an_app(bare, **stack).world.jobs.find(1) is None
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "wrong")
    with pytest.raises(CloudCredentialsError, match="OTSAuthFailed"):
        an_app(bare, **stack).world.jobs.find(1)


def test_without_a_state_nothing_works(an_app: Make) -> None:
    with pytest.raises(SettingsError, match="CERTDEPLOY_STATE is not set"):
        _ = an_app(STATE="").world


def test_the_cloud_is_asked_with_the_key_of_the_role_store_by_store(an_app: Make, cloud: Cloud) -> None:
    abroad = {"names": ["example.org"], "key": "ecdsa-p256", "store": "ap-southeast-1"}
    cloud.load(
        parse_estate(
            {"certificates": {"here": {"names": ["example.com"], "key": "ecdsa-p256"}, "abroad": abroad}}
        )
    )
    world = an_app().world

    names = {
        store: [one.name for one in world.cas(store).list_certificates()]
        for store in ("cn-hangzhou", "ap-southeast-1")
    }

    assert names == {"cn-hangzhou": ["here"], "ap-southeast-1": ["abroad"]}
    with pytest.raises(CloudCredentialsError):
        an_app(WRONG).world.cas("cn-hangzhou").list_certificates()


def test_an_adapter_is_the_product_s_own(an_app: Make) -> None:
    world = an_app().world

    adapter = world.adapter(CloudProduct.CDN, NO_CATALOGUE)

    assert isinstance(adapter, Cdn)
    assert list(adapter.discover("")) == []


def test_functions_are_invoked_under_their_prefix_in_the_region_of_this_one(
    an_app: Make, cloud: Cloud
) -> None:
    cloud.functions = deployed = Deployed()

    an_app(PREFIX="prod", region="cn-shanghai").world.functions.invoke("scan_expiry", b"{}")

    assert deployed.invoked == [("prod-scan_expiry", b"{}", True)]
    (call,) = cloud.calls
    assert (call.action, call.region) == ("InvokeFunction", "cn-shanghai")


def test_functions_elsewhere_are_invoked_there_with_a_key_of_their_own(
    an_app: Make, cloud: Cloud, server: Server
) -> None:
    cloud.functions = deployed = Deployed()
    key = cloud.add_key()
    nowhere = "http://127.0.0.1:1"
    elsewhere = {"FC_ENDPOINT": server.endpoint, "ENDPOINT": nowhere}
    own: dict[str, Any] = {
        "FC_ACCESS_KEY_ID": key.access_key_id,
        "FC_ACCESS_KEY_SECRET": key.access_key_secret,
    }

    an_app(**elsewhere).world.functions.invoke("one", b"")
    with pytest.raises(CloudError):
        an_app(WRONG, **elsewhere).world.functions.invoke("two", b"")
    an_app(WRONG, **elsewhere, **own).world.functions.invoke("three", b"")

    assert [name for name, _, _ in deployed.invoked] == ["certdeploy-one", "certdeploy-three"]


def test_events_and_wake_ups_go_to_the_same_functions(an_app: Make, cloud: Cloud) -> None:
    cloud.functions = deployed = Deployed()
    world = an_app().world

    world.functions.invoke("run_deployment_jobs", b"{}")
    world.events.publish(
        CertificateIssued(cert_identifier="7-cn-hangzhou"), id="issued-7", subject="Certificate/7"
    )

    names = [name for name, _, _ in deployed.invoked]
    assert names == ["certdeploy-run_deployment_jobs", "certdeploy-create_deployment_job"]


def test_in_a_service_of_function_compute_2_functions_are_found_there(an_app: Make) -> None:
    functions = an_app(FC2_SERVICE="certs", PREFIX="prod", region="cn-shanghai").world.functions

    assert isinstance(functions, Fc2Functions)
    assert vars(functions)["_endpoint"] == "https://1234567890.cn-shanghai.fc.aliyuncs.com"
    assert (vars(functions)["_service"], vars(functions)["_prefix"]) == ("certs", "prod")


@pytest.mark.parametrize("said", [{}, {"Schema": 99}], ids=["importing", "of a newer version"])
def test_no_function_begins_on_a_state_that_it_does_not_know_or_that_is_half_imported(
    an_app: Make, cloud: Cloud, server: Server, said: dict[str, int]
) -> None:
    """Nothing is read but that, and nothing is written."""
    address = Address("certdeploy", server.endpoint)
    own = Credentials(cloud.key.access_key_id, cloud.key.access_key_secret)
    create_tables(address, lambda: own, TABLES)
    TablestoreStore(address, lambda: own).put(META, ("schema",) if said else ("importing",), said, version=0)
    cloud.calls.clear()

    for _ in range(2):
        with pytest.raises(SettingsError, match="holds a part of a state" if not said else "is of schema 99"):
            an_app(STATE="", OTS_INSTANCE="certdeploy", OTS_ENDPOINT=server.endpoint)
    assert [call.action for call in cloud.calls] == ["BatchGetRow"] * 2


def test_a_function_whose_role_may_not_read_what_is_said_of_the_state_goes_on(
    an_app: Make, cloud: Cloud, server: Server
) -> None:
    """The roles of a stack may be of an earlier version than its code."""
    own = Credentials(cloud.key.access_key_id, cloud.key.access_key_secret)
    create_tables(Address("certdeploy", server.endpoint), lambda: own, TABLES)
    cloud.deny("ots:BatchGetRow")

    assert an_app(STATE="", OTS_INSTANCE="certdeploy", OTS_ENDPOINT=server.endpoint).world.holder == "r-1"
