"""AWS on moto: answers that lack what they might lack, or tell what the SDK does not know."""

from __future__ import annotations

import re

import pytest

from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError, UnreadableAnswerError
from shared.products.kit.found import Found, Unread
from tests.contract.aws_bench import (
    REGION,
    a_distribution,
    config_of,
    edit_answers,
    give_listener,
    issued_by_amazon,
    seen,
    slot,
)
from tests.contract.bench import Bench


@pytest.fixture
def shop(amazon: Bench) -> CloudResource:
    a_distribution(issued_by_amazon("example.com", "*.example.com"), "www.example.com")
    (found,) = seen(amazon).by_kind["distribution"]
    return found


def found(bench: Bench) -> tuple[dict[str, list[CloudResource]], list[str]]:
    """Slots by kind, and what could not be read."""
    told: list[Found] = list(bench.adapter.found(REGION))
    by_kind: dict[str, list[CloudResource]] = {}
    for one in told:
        if not isinstance(one, Unread):
            by_kind.setdefault(one.kind, []).append(one)
    return by_kind, [one.what for one in told if isinstance(one, Unread)]


@pytest.mark.long
@pytest.mark.parametrize("place", ["</DistributionConfig>", "</ViewerCertificate>", "</Origin>"])
def test_a_distribution_with_a_setting_that_the_sdk_lacks_is_not_written(
    amazon: Bench, shop: CloudResource, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    before = config_of(shop.resource_id)
    edit_answers(
        monkeypatch,
        "GetDistribution",
        lambda text: text.replace(place, f"<NewerThanUs>on</NewerThanUs>{place}"),
    )

    with pytest.raises(CloudRejectedError, match=r"UnknownSettings: .*does not know .*\.NewerThanUs, "):
        amazon.adapter.deploy(shop, amazon.certificate("new"))

    assert config_of(shop.resource_id) == before


def test_a_distribution_whose_every_setting_is_known_is_written(amazon: Bench, shop: CloudResource) -> None:
    amazon.deploy(shop, "new")


def test_an_answer_without_configuration_is_not_a_distribution_without_certificate(
    amazon: Bench, shop: CloudResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_answers(
        monkeypatch,
        "GetDistribution",
        lambda text: re.sub(r"<DistributionConfig>.*</DistributionConfig>", "", text, flags=re.S),
    )

    with pytest.raises(UnreadableAnswerError, match=r"Distribution.DistributionConfig: it is missing"):
        amazon.adapter.deploy(shop, amazon.certificate("new"))


def test_a_list_of_load_balancers_that_is_left_out_is_empty(
    amazon: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_answers(
        monkeypatch,
        "DescribeLoadBalancers",
        lambda text: re.sub(r"<LoadBalancers>.*</LoadBalancers>", "", text, flags=re.S),
    )

    by_kind, unread = found(amazon)

    assert set(by_kind) == {"acm"}
    assert unread == []


def test_certificates_that_are_left_out_are_none(amazon: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_answers(monkeypatch, "ListCertificates", lambda text: "{}")

    by_kind, unread = found(amazon)

    assert "acm" not in by_kind
    assert unread == []


def test_a_row_that_does_not_say_where_a_certificate_came_from_is_asked_for(
    amazon: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = found(amazon)
    edit_answers(monkeypatch, "ListCertificates", lambda text: text.replace('"Type"', '"Odd"'))

    assert found(amazon) == whole


def test_a_load_balancer_that_cannot_be_read_hides_no_other(
    amazon: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_its_name(text: str) -> str:
        return re.sub(r"<LoadBalancerArn>[^<]*front[^<]*</LoadBalancerArn>", "", text)

    edit_answers(monkeypatch, "DescribeLoadBalancers", without_its_name)

    by_kind, unread = found(amazon)

    assert unread == ["front"]
    assert {one.instance_name for one in by_kind["listener"]} == {"inside"}
    assert by_kind["acm"]


def test_a_certificate_that_cannot_be_read_hides_no_other(
    amazon: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = slot(amazon, "acm", "old").resource_id
    whole, _ = found(amazon)
    pem = re.escape(amazon.estate.bundle("old", amazon.cloud.clock()).certificate_pem.split("\n")[1])
    edit_answers(
        monkeypatch, "GetCertificate", lambda text: "{}" if re.search(pem, text.replace("\\n", "")) else text
    )

    by_kind, unread = found(amazon)

    assert arn in unread
    assert {one.resource_id for one in by_kind["acm"]} == {one.resource_id for one in whole["acm"]} - {arn}


def test_a_listener_that_is_left_out_of_its_list_is_gone(
    amazon: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_listener(amazon, issued_by_amazon("example.com", "*.example.com"))
    front = next(one for one in seen(amazon).by_kind["listener"] if one.instance_name == "front")
    front = front.evolve(domains=amazon.certificate("new").names)
    edit_answers(
        monkeypatch,
        "DescribeListeners",
        lambda text: re.sub(r"<Listeners>.*</Listeners>", "", text, flags=re.S),
    )

    with pytest.raises(CloudRejectedError, match=r"look: NotFound: .* is gone"):
        amazon.adapter.deploy(front, amazon.certificate("new"))
