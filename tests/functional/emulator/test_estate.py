"""The estate file: the sample is what the demo needs, and a mistake gets one clear sentence."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from emulator import bundles
from emulator.authority import Authority
from emulator.bundles import BundleProblem
from emulator.estate import EstateError, load_estate, parse_estate
from tests.functional.emulator.official import sample

NOW = datetime.now(timezone.utc)


def problem(data: Any) -> str:
    with pytest.raises(EstateError) as caught:
        parse_estate(data)
    return str(caught.value)


def test_the_sample_has_the_variety_that_the_demo_needs() -> None:
    estate = sample()
    kinds = {row.key for row in estate.certificates.values()}
    domains = {row.domain: row.certificate for row in estate.cdn}
    https = [line for lb in estate.alb for line in lb.listeners if line.protocol == "HTTPS"]

    assert len(domains) >= 12
    assert {"bücher.example", ".example.com"} <= set(domains)
    assert list(domains.values()).count(None) >= 2
    assert len({lb.region for lb in estate.alb}) == 2
    assert any(line.additional for line in https)
    assert any(line.default is None for line in https)
    assert len(estate.oss) == 4
    assert any(cname.certificate is None for row in estate.oss for cname in row.cnames)
    assert kinds == {"rsa-2048", "ecdsa-p256", "sm2"}
    assert min(row.days for row in estate.certificates.values()) < 0
    assert not all(row.private_key for row in estate.certificates.values())


def test_every_bound_certificate_of_the_sample_covers_its_domain() -> None:
    estate = sample()
    bound = [(row.domain, row.certificate) for row in estate.cdn]
    bound += [(cname.domain, cname.certificate) for row in estate.oss for cname in row.cnames]

    for domain, name in bound:
        assert name is None or estate.bundle(name, NOW).covers(domain), domain


@pytest.mark.parametrize(("key", "size"), [("rsa-3072", 3072), ("ecdsa-p384", 384)])
def test_a_certificate_has_the_key_that_the_file_names(key: str, size: int) -> None:
    estate = parse_estate({"certificates": {"a": {"names": ["a.example.com"], "key": key}}})

    assert estate.bundle("a", NOW).key_size == size


def test_all_that_is_wrong_is_said_at_once_with_the_nearest_name() -> None:
    text = problem(
        {
            "cnd": [],
            "certificates": {
                "a": {"names": ["a.example.com"], "key": "RSA-2048"},
                "b": {"names": ["localhost"], "dayz": 3},
                "c": {"names": ["c.example.com"], "days": -5, "age": 2},
            },
            "alb": [{"name": "x", "region": "cn-hangzhou", "listeners": [{"prot": 1}]}],
        }
    )

    assert 'cnd: unknown field; did you mean "cdn"?' in text
    assert 'certificates.a.key: "RSA-2048" is not one of' in text
    assert 'did you mean "rsa-2048"?' in text
    assert 'certificates.b.names[0]: "localhost" is not a domain name' in text
    assert 'certificates.b.dayz: unknown field; did you mean "days"?' in text
    assert "certificates.c: it would end before it begins: raise age above 5" in text
    assert "alb[0].listeners[0].port: is missing" in text


CERTIFICATES = {
    "shop": {"names": ["example.com"]},
    "keyless": {"names": ["example.com"], "private_key": False},
    "hand-made": {"names": ["example.com"], "in_cas": False},
}


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (
            {"cdn": [{"domain": "example.com", "certificate": "shopp"}]},
            'cdn[0].certificate: no certificate is named "shopp"; did you mean "shop"?',
        ),
        (
            {"cdn": [{"domain": "example.com", "certificate": "keyless"}]},
            "has no private key, so nothing can serve it",
        ),
        (
            {
                "oss": [
                    {
                        "bucket": "one",
                        "region": "cn-hangzhou",
                        "cnames": [{"domain": "example.com", "certificate": "hand-made"}],
                    }
                ]
            },
            "is not in CAS",
        ),
        (
            {"cdn": [{"domain": "bücher.example"}, {"domain": "xn--bcher-kva.example"}]},
            'cdn: domain "xn--bcher-kva.example" is given twice',
        ),
        (
            {"alb": [{"name": "x", "region": "cn-hangzou"}]},
            'alb[0].region: "cn-hangzou" is not in regions; did you mean "cn-hangzhou"?',
        ),
        (
            {
                "regions": ["us-east-1"],
                "alb": [{"name": "x", "region": "us-east-1", "listeners": [{"port": 443}]}],
                "contacts": [{"mail": "x"}],
            },
            'contacts[0].mail: unknown field; did you mean "email"?',
        ),
        (
            {
                "regions": ["us-east-1"],
                "alb": [
                    {
                        "name": "x",
                        "region": "us-east-1",
                        "listeners": [{"port": 443, "default": "shop"}],
                    }
                ],
            },
            "takes certificates of store ap-southeast-1",
        ),
        (
            {
                "alb": [{"name": "front", "region": "cn-hangzhou"}],
                "sae": [{"name": "web", "region": "cn-hangzhou", "load_balancer": "font"}],
            },
            'sae[0].load_balancer: no alb of cn-hangzhou is named "font"; did you mean "front"?',
        ),
        (
            {
                "slb": [{"name": "x", "region": "cn-hangzhou", "listeners": [{"port": 443}]}],
                "sae": [
                    {"name": name, "region": "cn-hangzhou", "balancer": "clb", "load_balancer": "x", **port}
                    for name, port in (("one", {"port": 444}), ("two", {"port": 444}), ("three", {}))
                ],
            },
            'sae[1].port: "x" has a listener 444 already\nsae[2].port: "x" has a listener 443 already',
        ),
    ],
)
def test_references_are_checked(part: dict[str, Any], text: str) -> None:
    assert text in problem({"certificates": CERTIFICATES, **part})


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("cdn: [", "not YAML or JSON"),
        ("- cdn", "a mapping is expected"),
        ("cdn: []\ncdn: []", 'the key "cdn" is given twice'),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_no_estate_is_refused(tmp_path: Path, content: str | None, text: str) -> None:
    path = tmp_path / "estate.yaml"
    if content is not None:
        path.write_text(content)

    with pytest.raises(EstateError, match=str(path)) as caught:
        load_estate(path)
    assert text in str(caught.value)


def test_json_is_taken_as_well(tmp_path: Path) -> None:
    path = tmp_path / "estate.json"
    path.write_text('{"cdn": [{"domain": "www.example.com"}]}')

    assert load_estate(path).cdn[0].domain == "www.example.com"


def test_an_issued_chain_is_complete_and_hides_its_key() -> None:
    bundle = Authority().issue(["example.com", "bücher.example"], days=47, age=1, key_slot="t")

    assert bundles.read(bundle.certificate_pem, bundle.key_pem) == bundle
    assert len(bundle.chain) == 2
    assert bundle.names == ("example.com", "xn--bcher-kva.example")
    assert (bundle.algorithm, bundle.key_size) == ("RSA", 2048)
    assert bundle.not_after - bundle.not_before == timedelta(days=48)
    assert "PRIVATE" not in repr(bundle)


def issued(**changes: Any) -> bundles.Bundle:
    estate = parse_estate(
        {"certificates": {"it": {"names": ["a.example.com"], "key": "ecdsa-p256", **changes}}}
    )
    return estate.bundle("it", NOW)


@pytest.mark.parametrize(
    ("changes", "issuers"),
    [
        ({}, ("certdeploy Local TLS CA", "certdeploy Local Root CA")),
        ({"ca": "private"}, ("certdeploy Internal TLS CA", "certdeploy Internal Root CA")),
        ({"chain": "leaf-only"}, ("certdeploy Local TLS CA",)),
        ({"chain": "leaf-only", "ca": "private"}, ("certdeploy Internal TLS CA",)),
        ({"self_signed": True}, ("a.example.com",)),
    ],
)
def test_an_estate_says_who_issues_a_certificate_and_what_comes_with_it(
    changes: dict[str, Any], issuers: tuple[str, ...]
) -> None:
    bundle = issued(**changes)

    assert tuple(bundles.common_name(one.issuer) for one in bundle.chain) == issuers
    assert bundles.read(bundle.certificate_pem, bundle.key_pem) == bundle


@pytest.mark.parametrize(
    ("validation", "policy", "organisation"),
    [
        ("DV", "2.23.140.1.2.1", ""),
        ("OV", "2.23.140.1.2.2", "Example Ltd"),
        ("EV", "2.23.140.1.1", "Example Ltd"),
    ],
)
def test_the_level_of_validation_is_in_the_policy_and_in_the_subject(
    validation: str, policy: str, organisation: str
) -> None:
    bundle = issued(validation=validation)
    policies = bundle.leaf.extensions.get_extension_for_class(x509.CertificatePolicies).value

    assert [one.policy_identifier.dotted_string for one in policies] == [policy]
    assert bundle.organisation == organisation
    assert bundle.common_name == "a.example.com"
    kinds = {one.oid.dotted_string for one in bundle.leaf.subject}
    assert ({"2.5.4.15", "1.3.6.1.4.1.311.60.2.1.3"} <= kinds) is (validation == "EV")


@pytest.mark.parametrize("changes", [{"ca": "private"}, {"chain": "leaf-only"}, {"validation": "OV"}])
def test_what_is_self_signed_has_nothing_of_a_ca(changes: dict[str, str]) -> None:
    wrong = {"certificates": {"it": {"names": ["a.example.com"], "self_signed": True, **changes}}}
    assert "it is self-signed: no CA, no chain and no validation" in problem(wrong)


def test_what_a_store_refuses_is_told_apart() -> None:
    one = Authority().issue(["example.com"], key="ecdsa-p256")
    other = Authority().issue(["example.net"], key="ecdsa-p256")
    leaf, issuer = one.certificate_pem.split("-----END CERTIFICATE-----\n", 1)
    backwards = issuer + leaf + "-----END CERTIFICATE-----\n"
    cases = {
        "certificate": ("no PEM", one.key_pem),
        "key": (one.certificate_pem, "no PEM"),
        "mismatch": (backwards, one.key_pem),
        "chain": (one.certificate_pem + other.certificate_pem, one.key_pem),
    }

    for fault, (certificate, key) in cases.items():
        with pytest.raises(BundleProblem) as caught:
            bundles.read(certificate, key)
        assert caught.value.fault == fault


@pytest.mark.parametrize(
    ("pattern", "host", "covered"),
    [
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", ".example.com", True),
        ("a.example.com", ".example.com", False),
        ("*.Example.com", "A.EXAMPLE.com", True),
        ("xn--bcher-kva.example", "bücher.example", True),
    ],
)
def test_a_wildcard_takes_the_place_of_one_label(pattern: str, host: str, covered: bool) -> None:
    assert bundles.covers(pattern, host) is covered


def test_the_documented_example_is_a_valid_estate(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "estate.md").read_text()
    path = tmp_path / "my-estate.yaml"
    path.write_text(text.split("```yaml\n")[1].split("```")[0])

    assert load_estate(path).alb[0].listeners[0].additional == ["main-ecc"]
