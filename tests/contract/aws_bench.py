"""An AWS account on moto, with the adapter of the product AWS on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.endpoint import Endpoint

from emulator import aws as emulated
from emulator.server import Server
from shared.cloud.aws import CloudAccess
from shared.domain.resources import CloudProduct, CloudResource
from tests.contract.bench import Bench, certificates, new_bench

REGION = "us-east-1"
ESTATE: dict[str, Any] = {
    "certificates": {
        **certificates("old", "new"),
        **certificates("other", domain="example.org"),
        "rsa": {"names": ["example.com", "*.example.com"]},
        "apart": {"names": ["*.example.com"], "key": "ecdsa-p256"},
        "alone": {"names": ["www.example.com"], "key": "ecdsa-p256"},
    },
    "aws": [
        {"name": "front", "listeners": [{"port": 443, "default": "old", "additional": ["other"]}]},
        {"name": "inside", "internal": True, "listeners": [{"port": 443, "default": "alone"}]},
    ],
}


def account(server: Server, monkeypatch: pytest.MonkeyPatch, estate: dict[str, Any] = ESTATE) -> Bench:
    """boto3 repeats as always, but pauses for nothing."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda seconds: None))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", emulated.ACCESS_KEY["access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", emulated.ACCESS_KEY["access_key_secret"])
    made = new_bench(server, CloudProduct.AWS, estate, REGION, CloudAccess(endpoint=emulated.endpoint()))
    made.cloud.service("aws").start()
    return made


@dataclass(frozen=True)
class Seen:
    by_kind: dict[str, list[CloudResource]]

    def of(self, kind: str, identifier: str) -> CloudResource:
        (found,) = [one for one in self.by_kind.get(kind, []) if one.cert_identifier == identifier]
        return found


def seen(bench: Bench) -> Seen:
    by_kind: dict[str, list[CloudResource]] = {}
    for slot in bench.adapter.discover(REGION):
        by_kind.setdefault(slot.kind, []).append(slot)
    return Seen(by_kind)


def slot(bench: Bench, kind: str, name: str) -> CloudResource:
    return seen(bench).of(kind, bench.estate.identifier(name))


def elb() -> Any:
    return emulated.client("elbv2", REGION)


def acm() -> Any:
    return emulated.client("acm", REGION)


def issued_by_amazon(*names: str) -> str:
    return str(
        acm().request_certificate(DomainName=names[0], SubjectAlternativeNames=list(names))["CertificateArn"]
    )


def give_listener(bench: Bench, arn: str) -> str:
    """Have the listener of `front` carry `arn` as its default; the listener's ARN."""
    listener = next(s for s in seen(bench).by_kind["listener"] if s.instance_name == "front").listener_id
    elb().modify_listener(ListenerArn=listener, Certificates=[{"CertificateArn": arn}])
    return listener


def a_distribution(arn: str, *aliases: str) -> str:
    return emulated.add_distribution(list(aliases), arn, comment="the shop")


def config_of(distribution: str) -> dict[str, Any]:
    answer = emulated.client("cloudfront", REGION).get_distribution_config(Id=distribution)
    return dict(answer["DistributionConfig"])


def edit_answers(monkeypatch: pytest.MonkeyPatch, action: str, change: Callable[[str], str]) -> None:
    """From now on `change` is made in the text of each answer of `action`, before the SDK reads it."""
    asked, send = Endpoint._do_get_response, Endpoint._send
    now: list[str] = []

    def asking(self: Any, request: Any, model: Any, context: Any) -> Any:
        now.append(model.name)
        return asked(self, request, model, context)

    def sent(self: Any, request: Any) -> Any:
        answer = send(self, request)
        if now[-1] == action and answer.status_code < 300:
            answer._content = change(answer.text).encode()
        return answer

    monkeypatch.setattr(Endpoint, "_do_get_response", asking)
    monkeypatch.setattr(Endpoint, "_send", sent)
