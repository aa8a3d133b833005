"""The requests that we send are those that the vendor's official SDKs send for the same intent.

The one wanted difference: a secret travels in the form body, never in the URL.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest

from emulator.authority import Authority
from emulator.estate import parse_estate
from emulator.request import Request
from emulator.server import Server
from shared.cloud import cas, functions
from shared.validation.secret import SecretPem
from tests.contract.bench import Bench, client, new_bench
from tests.contract.cases import CERT_ID, CERTIFICATES, MODULES, adapter_of
from tests.contract.oracle import Recorder, Sdk, filled, form, recording, told
from tests.contract.story import tell
from tests.contract.watch import Watch, check, watching

TYPED = [module for module in MODULES if hasattr(module, "SDK")]


def name_of(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


@pytest.fixture(params=TYPED, ids=name_of)
def product(request: pytest.FixtureRequest) -> ModuleType:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def story(product: ModuleType, server: Server, monkeypatch: pytest.MonkeyPatch) -> tuple[Recorder, Watch]:
    """All that the adapter sends in the stories of its rows, and what it is answered."""
    with monkeypatch.context() as patch, recording(patch) as recorder:
        watch = watching(patch)
        watch.overlooked = frozenset({"cas", *getattr(product, "WITHOUT_SDK", ())})
        for case in product.CASES:
            tell(_bench(server, case), case)
    version = adapter_of(product).api.version
    recorder.requests = [r for r in recorder.requests if r.header("x-acs-version") == version]
    return recorder, watch


def _bench(server: Server, case: Any) -> Bench:
    return new_bench(server, case.product, case.estate, case.region, roles=False)  # signed as the SDK signs


def official(sdk: Sdk, action: str, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Request:
    with recording(monkeypatch) as recorder:
        sdk.send(action, params)
    (request,) = recorder.requests
    return request


def wanted(product: ModuleType, ours: Request) -> dict[str, Any]:
    """Our request; where it takes a secret to the form body (`IN_FORM`), as the SDK would send it."""
    told_in = form(ours)
    if ours.header("x-acs-action") in getattr(product, "IN_FORM", ()):
        assert told_in["query"] == {}
        told_in |= {"query": told_in["form"], "form": {}, "content-type": ""}
    return told_in


def test_every_product_has_an_oracle() -> None:
    """The official SDK, or what the rows name in its place."""
    others = [module for module in MODULES if module not in TYPED]
    assert [name_of(module) for module in others if not getattr(module, "NO_SDK", "")] == []


@pytest.mark.long
@pytest.mark.ordinary_answers("the SDK does not know the fields that are made up")
def test_an_adapter_sends_what_the_sdk_sends_and_is_answered_what_the_sdk_knows(
    product: ModuleType, story: tuple[Recorder, Watch], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test for all of it: the stories and some of the SDKs take their time."""
    sent, watch = story
    actions = adapter_of(product).actions
    assert set(product.OFFICIAL) == set(actions), "every action has a row"
    assert {request.header("x-acs-action") for request in sent.requests} == set(actions), "and is called"

    sdk = Sdk(product.SDK, server)
    for action, row in product.OFFICIAL.items():
        ours = sent.of(action)[0]
        theirs = official(sdk, action, filled(row, ours), monkeypatch)
        assert wanted(product, ours) == form(theirs), f"the first call of {action}"
    # Whatever else was sent, given to the SDK's request model, is sent again just so: it knows it all.
    different = {str(form(request)): request for request in sent.requests}
    for ours in different.values():
        action = ours.header("x-acs-action")
        theirs = official(sdk, action, told(ours), monkeypatch)
        assert wanted(product, ours) == form(theirs), f"a call of {action}"
    regions = {case.region or "cn-hangzhou" for case in product.CASES} | {"cn-hangzhou"}
    hosts = {request.header("x-emulator-host") for request in sent.requests}
    assert hosts <= {sdk.host(region) for region in regions}, "the hosts that the SDK would choose"
    check(sdk, watch, set(actions), product)


CAS = "cas20200407"
PAIR = Authority().issue(["www.example.com"], key="ecdsa-p256")
assert PAIR.key_pem is not None
UPLOAD = {"Name": "up", "Cert": PAIR.certificate_pem, "Key": PAIR.key_pem}
PARTNER = "2000000000000002"  #: an account of the same entity
CAS_ROWS: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "ListCertificates": ("list_certificates", (), {"CurrentPage": 1, "ShowSize": 100}),
    "ListUserCertificateOrder": (
        "list_certificates",
        (),
        {"CurrentPage": 1, "OrderType": "CERT", "ShowSize": 50},
    ),
    "ListInstances": ("listing", ({},), {"CurrentPage": 1, "InstanceType": "BUY", "ShowSize": 100}),
    "GetCertificateDetail": ("get_detail", (CERT_ID["old"],), {"CertificateId": CERT_ID["old"]}),
    "GetUserCertificateDetail": (
        "key_pair",
        (CERT_ID["old"],),
        {"CertId": CERT_ID["old"], "CertFilter": False},
    ),
    "UploadUserCertificate": (
        "upload",
        (UPLOAD["Name"], UPLOAD["Cert"], SecretPem(UPLOAD["Key"])),
        UPLOAD,
    ),
    "DeleteUserCertificate": ("delete", (CERT_ID["old"],), {"CertId": CERT_ID["old"]}),
    "ShareCertificate": (
        "share",
        (CERT_ID["old"], PARTNER),
        {"CertificateId": CERT_ID["old"], "TargetUserId": int(PARTNER)},
    ),
    "ListContact": ("list_contacts", (), {"CurrentPage": 1, "ShowSize": 100}),
}


def test_every_action_of_cas_has_a_row() -> None:
    assert set(CAS_ROWS) == {action.name for action in cas.ACTIONS}


def _cas_request(server: Server, monkeypatch: pytest.MonkeyPatch, action: str, store: str) -> Request:
    partner = {"id": PARTNER, "same_entity": True}
    sold = {"names": ["sold.example.com"], "key": "ecdsa-p256", "source": "BUY"}
    estate = {"certificates": {**CERTIFICATES, "sold": sold}, "accounts": [partner]}
    server.cloud.load(parse_estate(estate))
    method, arguments, _ = CAS_ROWS[action]
    with recording(monkeypatch) as recorder:
        getattr(cas.Cas(client(server.cloud, server.endpoint), store), method)(*arguments)
    return next(ours for ours in recorder.requests if ours.header("x-acs-action") == action)


@pytest.mark.parametrize("action", CAS_ROWS)
def test_a_call_of_cas_is_what_the_sdk_sends(
    server: Server, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    ours = form(_cas_request(server, monkeypatch, action, "cn-hangzhou"))

    theirs = form(official(Sdk(CAS, server), action, CAS_ROWS[action][2], monkeypatch))

    if action == "UploadUserCertificate":  # the wanted difference: the key stays out of the URL
        assert ours["query"] == {}
        ours |= {"query": ours["form"], "form": {}, "content-type": ""}
    assert ours == theirs


def test_only_the_upload_carries_a_key_and_not_in_its_url(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for action in CAS_ROWS:
        ours = _cas_request(server, monkeypatch, action, "cn-hangzhou")
        key_line = UPLOAD["Key"].splitlines()[1]
        assert quote(key_line, safe="") not in ours.query
        assert "PRIVATE" not in ours.query
        assert (key_line in ours.form.get("Key", "")) == (action == "UploadUserCertificate")


@pytest.mark.parametrize("store", ["cn-hangzhou", "ap-southeast-1"])
def test_a_store_of_cas_has_the_host_that_the_sdk_would_choose(
    server: Server, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    ours = _cas_request(server, monkeypatch, "ListContact", store)

    assert ours.header("x-emulator-host") == Sdk(CAS, server).host(store)


@pytest.mark.parametrize("asynchronous", [True, False])
def test_an_invocation_is_what_the_sdk_sends(
    server: Server, monkeypatch: pytest.MonkeyPatch, asynchronous: bool
) -> None:
    sdk, payload = Sdk("fc20230330", server), b'{"JobId":1}'
    invoker = functions.Fc3Functions(client(server.cloud, server.endpoint), "certdeploy", "cn-hangzhou")
    with recording(monkeypatch) as recorder, pytest.raises(Exception, match="does not exist"):
        invoker.invoke("scan_expiry", payload, asynchronous=asynchronous)
    (ours,) = recorder.requests

    headers = sdk.models.InvokeFunctionHeaders(x_fc_invocation_type="Async" if asynchronous else "Sync")
    with recording(monkeypatch) as recorder:
        sdk.invoke("certdeploy-scan_expiry", payload, headers)
    (theirs,) = recorder.requests

    assert form(ours) == form(theirs)
    assert ours.header("x-emulator-host") == sdk.host("cn-hangzhou")
