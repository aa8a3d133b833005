"""WAF's TLS settings: what is in force is sent again with a certificate, and nothing that was not told."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from emulator.services.waf.model import CIPHERS
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from tests.contract.answers import edit
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.waf import CASES

TLS = ("TLSVersion", "EnableTLSv3", "CipherSuite", "CustomCiphers")
WWW, DEFAULT = "www.example.com", "WAF:443/default"
ACTIONS = {WWW: "ModifyDomainCert", DEFAULT: "ModifyDefaultHttps"}


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.WAF, CASES[0].estate, CASES[0].region)


def sent(bench: Bench, monkeypatch: pytest.MonkeyPatch, label: str, told: dict[str, Any]) -> dict[str, Any]:
    """The TLS settings of the first write, where the product tells just these."""

    def change(answer: dict[str, Any]) -> None:
        held = answer.get("Listen") or answer.get("DefaultHttps") or {}
        for name in TLS:
            held.pop(name, None)
        held.update(told)

    slot = bench.slot(label)
    for action in ("DescribeDomainDetail", "DescribeDefaultHttps"):
        edit(monkeypatch, bench.cloud, action, change)
    bench.adapter.deploy(slot, bench.certificate("new"))
    (call,) = [call for call in bench.cloud.calls if call.action == ACTIONS[label]]
    return {name: call.params[name] for name in TLS if name in call.params}


@pytest.mark.parametrize(
    ("label", "told", "wanted"),
    [
        (WWW, {}, {}),
        (WWW, {"EnableTLSv3": False}, {"EnableTLSv3": False}),
        (
            DEFAULT,
            {"TLSVersion": "tlsv1.1", "EnableTLSv3": False},
            {"TLSVersion": "tlsv1.1", "EnableTLSv3": False},
        ),
        (
            WWW,
            {"TLSVersion": "tlsv1.2", "CipherSuite": 2, "CustomCiphers": list(CIPHERS)},
            {"TLSVersion": "tlsv1.2", "CipherSuite": "2"},  # they are of suite 99 only
        ),
        (
            DEFAULT,
            {"TLSVersion": "tlsv1.2", "CipherSuite": 2, "CustomCiphers": ":".join(CIPHERS)},
            {"TLSVersion": "tlsv1.2", "CipherSuite": 2},
        ),
        (
            WWW,
            {"TLSVersion": "tlsv1.2", "EnableTLSv3": True, "CipherSuite": 2, "CustomCiphers": []},
            {"TLSVersion": "tlsv1.2", "EnableTLSv3": True, "CipherSuite": "2"},
        ),
        (
            DEFAULT,
            {"TLSVersion": "tlsv1.2", "EnableTLSv3": True, "CipherSuite": "2", "CustomCiphers": ""},
            {"TLSVersion": "tlsv1.2", "EnableTLSv3": True, "CipherSuite": 2},
        ),
        (
            WWW,
            {"TLSVersion": "tlsv1.2", "CipherSuite": 99, "CustomCiphers": list(CIPHERS)},
            {"TLSVersion": "tlsv1.2", "CipherSuite": "99", "CustomCiphers": list(CIPHERS)},
        ),
        (
            DEFAULT,
            {"TLSVersion": "tlsv1.2", "CipherSuite": "99", "CustomCiphers": list(CIPHERS)},
            {"TLSVersion": "tlsv1.2", "CipherSuite": 99, "CustomCiphers": list(CIPHERS)},
        ),
    ],
)
def test_what_is_in_force_is_sent_again_and_nothing_else(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, label: str, told: dict[str, Any], wanted: dict[str, Any]
) -> None:
    assert sent(bench, monkeypatch, label, told) == wanted


@pytest.mark.parametrize("version", [None, "", "absent"])
def test_a_tls_version_that_is_not_told_is_never_made_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    """The default's call needs one, and an older one would weaken what is in force."""
    told = {} if version == "absent" else {"TLSVersion": version}

    with pytest.raises(CloudRejectedError, match="does not tell the oldest TLS version"):
        sent(bench, monkeypatch, DEFAULT, {"CipherSuite": 1, **told})

    assert bench.count(ACTIONS[DEFAULT]) == 0
    assert sent(bench, monkeypatch, WWW, {"CipherSuite": 1, **told}) == {"CipherSuite": "1"}
