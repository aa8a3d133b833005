"""Where AWS is looked for, and as whom: what the settings say, and what they may not say."""

import pytest

from shared.cloud.aws import Aws, CloudAccess
from shared.errors import CloudRejectedError, SettingsError

_NO_ADDRESS = "is not an address; it must start with https:// and name a host"
ROLE = "arn:aws:iam::123456789012:role/certdeploy"


def of(**environ: str) -> CloudAccess:
    return CloudAccess.of({f"CERTDEPLOY_AWS_{name}": text for name, text in environ.items()})


def test_without_settings_aws_is_where_cloudfronts_certificates_are() -> None:
    assert of() == of(REGIONS="", ROLE_ARN="", ENDPOINT="") == CloudAccess(("us-east-1",), "", "")


@pytest.mark.parametrize(
    ("written", "regions"),
    [
        ("eu-west-1", ("eu-west-1",)),
        ("us-east-1,eu-west-1", ("us-east-1", "eu-west-1")),
        (" us-east-1 , eu-west-1 ,", ("us-east-1", "eu-west-1")),
        ("eu-west-1,us-east-1,eu-west-1", ("eu-west-1", "us-east-1")),
        ("us-east-1,,eu-west-1", ("us-east-1", "eu-west-1")),
    ],
)
def test_regions_are_taken_once_and_in_order(written: str, regions: tuple[str, ...]) -> None:
    assert of(REGIONS=written).regions == regions


@pytest.mark.parametrize("role", [ROLE, ROLE.replace("arn:aws:", "arn:aws-cn:"), f"{ROLE}/path@x"])
def test_a_role_is_taken_by_its_arn(role: str) -> None:
    assert of(ROLE_ARN=role).role_arn == role


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_endpoint_stands_without_its_slash(scheme: str) -> None:
    assert of(ENDPOINT=f"{scheme}://localhost:5000/").endpoint == f"{scheme}://localhost:5000"


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("REGIONS", " , ", "names none; name some, separated by commas, or unset it"),
        ("ROLE_ARN", "certdeploy", "arn:aws:iam::ACCOUNT:role/NAME"),
        ("ROLE_ARN", "arn:aws:iam::123456789012:user/me", "arn:aws:iam::ACCOUNT:role/NAME"),
        ("ROLE_ARN", f"{ROLE} ", "arn:aws:iam::ACCOUNT:role/NAME"),
        ("ENDPOINT", "localhost:5000", f"'localhost:5000' {_NO_ADDRESS}"),
        ("ENDPOINT", "http://", f"'http://' {_NO_ADDRESS}"),
        ("ENDPOINT", "http://[::1", f"'http://[::1' {_NO_ADDRESS}"),
        (
            "ENDPOINT",
            "http://acm.example.com",
            "'http://acm.example.com' is not encrypted; use https:// (http:// only to this machine)",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_rule(name: str, text: str, rule: str) -> None:
    with pytest.raises(SettingsError) as refused:
        of(**{name: text})
    assert str(refused.value) == f"CERTDEPLOY_AWS_{name}: {rule}"


@pytest.mark.parametrize("region", ["US-EAST-1", "us-east-1;eu-west-1", "evil.example/", "us-east-9", "eu"])
def test_a_region_that_aws_does_not_have_is_told_with_the_nearest(region: str) -> None:
    with pytest.raises(SettingsError, match=r"is no known region, the nearest is [a-z]"):
        of(REGIONS=f"us-east-1,{region}")


def test_a_region_that_is_added_is_known() -> None:
    assert CloudAccess.of({"CERTDEPLOY_AWS_REGIONS": "us-new-1"}, ("us-new-1",)).regions == ("us-new-1",)


@pytest.mark.parametrize("region", ["eu-west-1", "evil.example/?x=", ""])
def test_nothing_is_called_in_a_region_that_is_not_named(region: str) -> None:
    with pytest.raises(CloudRejectedError, match=r"UnknownRegion: .* is none of CERTDEPLOY_AWS_REGIONS"):
        Aws(of(REGIONS="us-east-1")).call("ListCertificates", region)


def test_every_wrong_setting_is_named() -> None:
    with pytest.raises(SettingsError, match=r"^CERTDEPLOY_AWS_REGIONS: .*; .*_ROLE_ARN: .*; .*_ENDPOINT: "):
        of(REGIONS="?", ROLE_ARN="?", ENDPOINT="?")
