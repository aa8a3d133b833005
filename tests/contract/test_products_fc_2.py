"""FC 2.0 alone: its settings of TLS and WAF, and hosts that have only its first API."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudDeniedError, CloudRejectedError
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.fc import ESTATE

NAME = "old.example.com"
SETTINGS = {
    "tlsConfig": {
        "minVersion": "TLSv1.3",
        "maxVersion": "TLSv1.3",
        "cipherSuites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
    },
    "wafConfig": {"enableWAF": True},
}
#: What tells 2021-04-06 from 2016-08-15, and which of them lists domains here.
NEWER, FIRST = "fc-open", "fc2"


@pytest.fixture
def bench(server: Server) -> Bench:
    bench = new_bench(server, CloudProduct.FC, ESTATE, "cn-hangzhou")
    held(bench).update(SETTINGS)
    return bench


@pytest.fixture
def slot(bench: Bench) -> CloudResource:
    return bench.slot(NAME)


def held(bench: Bench) -> dict[str, Any]:
    """The service's own record of the settings."""
    found = next(domain for domain in bench.cloud.service("fc").domains if domain.name == NAME)
    return found.settings  # type: ignore[no-any-return]


def asked(bench: Bench, action: str) -> list[str]:
    """The APIs of 2.0 by which an action was called."""
    calls = [(call.api.lower(), call.action) for call in bench.cloud.calls]
    return [api for api, called in calls if called == action and api != "fc"]


@pytest.mark.parametrize("unnamed", ["keep", "reset"])
def test_tls_waf_and_routes_survive_a_change_of_the_certificate(
    bench: Bench, slot: CloudResource, unnamed: str
) -> None:
    bench.cloud.service("fc_open").choose(unnamed_settings=unnamed)
    before = dict(held(bench))

    bench.deploy(slot, "new")

    assert held(bench) == before
    assert held(bench)["tlsConfig"]["cipherSuites"] == SETTINGS["tlsConfig"]["cipherSuites"]
    assert bench.carried()[NAME] == "new"
    assert asked(bench, "UpdateCustomDomain") == [NEWER]


@pytest.mark.parametrize("lost", ["tlsConfig", "wafConfig"])
def test_a_setting_of_tls_or_waf_that_is_lost_is_no_success_and_comes_back(
    bench: Bench, slot: CloudResource, lost: str
) -> None:
    before = dict(held(bench))
    bench.cloud.service("fc_open").forgets = (lost,)

    with pytest.raises(CloudRejectedError, match=f"SettingsLost.*{lost}"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert held(bench) == before
    assert bench.carried()[NAME] == "old"


def test_a_change_whose_answer_is_lost_is_looked_for_and_not_sent_again(
    bench: Bench, slot: CloudResource
) -> None:
    bench.cloud.faults.add(Fault("UpdateCustomDomain", when="after", drop=True, api=NEWER))

    bench.deploy(slot, "new")

    assert asked(bench, "UpdateCustomDomain") == [NEWER]


def test_a_domain_that_is_gone_is_told_as_gone(bench: Bench, slot: CloudResource) -> None:
    domains = bench.cloud.service("fc").domains
    domains[:] = [domain for domain in domains if domain.name != NAME]

    assert bench.adapter.seen(slot, bench.certificate("new")) is None


@pytest.fixture
def first_api_alone(bench: Bench) -> None:
    bench.cloud.service("fc_open").choose(supported=False)


@pytest.mark.usefixtures("first_api_alone")
def test_a_host_with_the_first_api_alone_is_asked_by_it(bench: Bench) -> None:
    """It is found out once."""
    slot = bench.slot(NAME)
    bench.deploy(slot, "new")

    assert asked(bench, "ListCustomDomains")[0] == NEWER
    assert set(asked(bench, "ListCustomDomains")[1:]) == {FIRST}
    assert set(asked(bench, "GetCustomDomain") + asked(bench, "UpdateCustomDomain")) == {FIRST}
    assert bench.carried()[NAME] == "new"


@pytest.mark.usefixtures("first_api_alone")
def test_a_route_that_the_first_api_loses_comes_back(bench: Bench) -> None:
    slot, before = bench.slot(NAME), dict(held(bench))
    bench.cloud.service("fc2").forgets = ("routeConfig",)

    with pytest.raises(CloudRejectedError, match=r"SettingsLost.*routeConfig\.routes"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert held(bench) == before


def test_what_the_first_api_cannot_set_again_is_left_to_its_owner(bench: Bench, slot: CloudResource) -> None:
    """A host that took the change by its newer API, and has only the first one since."""
    bench.cloud.service("fc_open").forgets = ("tlsConfig", "routeConfig")
    bench.cloud.faults.add(Fault("GetCustomDomain", 400, "PathNotSupported", api=NEWER, passing=1))

    with pytest.raises(CloudRejectedError, match=r"SettingsLost.* by hand: .*tlsConfig\.minVersion"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert "tlsConfig" not in held(bench)
    assert held(bench)["routeConfig"]
    assert bench.carried()[NAME] == "old"


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (400, "InvalidArgument")])
def test_another_refusal_is_no_reason_to_ask_by_the_first_api(
    bench: Bench, slot: CloudResource, status: int, code: str
) -> None:
    bench.cloud.faults.add(Fault("GetCustomDomain", status, code, api=NEWER))

    with pytest.raises((CloudDeniedError, CloudRejectedError), match=code):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert asked(bench, "GetCustomDomain") == [NEWER]
