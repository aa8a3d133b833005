"""Settings from the environment: each one is read, and everything that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from emulator.authority import Authority
from shared.cloud.aws import CloudAccess
from shared.domain.resources import CloudProduct
from shared.errors import SettingsError
from shared.runtime.settings import Settings, read_settings

PEM = Authority().root_pem


def read(**environ: str) -> Settings:
    """The names without CERTDEPLOY_."""
    return read_settings({f"CERTDEPLOY_{name}": value for name, value in environ.items()})


def refused(environ: Mapping[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        read_settings(environ)
    return str(error.value)


def test_an_environment_that_says_nothing_gives_the_documented_defaults() -> None:
    settings = read_settings({"PATH": "/bin", "CERTDEPLOY_UNKNOWN": "x"})

    others = {"products", "aws_access", "webhook_url", "webhook_secret", "fc_access_key_secret"}
    assert settings.model_dump(exclude=others) == {
        "state": "",
        "roots": "",
        "endpoint": "",
        "tls": "",
        "stores": ("cn-hangzhou",),
        "more_regions": (),
        "regions": (),
        "hosts": (),
        "aws": False,
        "auto": "submit",
        "warning_days": (),
        "prefix": "certdeploy",
        "fc_endpoint": "",
        "fc_access_key_id": "",
        "fc2_service": "",
        "region": "cn-hangzhou",
        "account_id": "",
    }  # fmt: skip
    secrets = (settings.webhook_url, settings.webhook_secret, settings.fc_access_key_secret)
    assert [secret.get_secret_value() for secret in secrets] == ["", "", ""]
    assert CloudProduct.CDN in settings.products
    assert CloudProduct.AWS not in settings.products


def test_the_access_to_aws_comes_from_the_same_environment() -> None:
    settings = read(AWS="on", AWS_REGIONS="eu-west-1", AWS_ENDPOINT="http://127.0.0.1:5000")

    assert settings.aws_access == CloudAccess(("eu-west-1",), "", "http://127.0.0.1:5000")
    assert read(AWS_REGIONS="eu-west-1", AWS_ACCESS="x").aws_access == CloudAccess(), "AWS is off"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("STATE", "/var/certdeploy.db", "/var/certdeploy.db"),
        ("ENDPOINT", "http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("FC_ENDPOINT", "https://fc.example.com", "https://fc.example.com"),
        ("TLS", "127.0.0.1:4433", "127.0.0.1:4433"),
        ("STORES", "ap-southeast-1", ("ap-southeast-1",)),
        ("STORES", " cn-hangzhou , ap-southeast-1,", ("cn-hangzhou", "ap-southeast-1")),
        ("STORES", "eu-central-1", ("eu-central-1",)),
        ("REGIONS", "cn-beijing,cn-shanghai", ("cn-beijing", "cn-shanghai")),
        ("PRODUCTS", "CDN, APIGateway", (CloudProduct.CDN, CloudProduct.API_GATEWAY)),
        ("AUTO", "draft", "draft"),
        ("PREFIX", "prod", "prod"),
        ("FC_ACCESS_KEY_ID", "an id", "an id"),
        ("FC2_SERVICE", "certs", "certs"),
        ("AWS", "true", True),
        ("REGION", "cn-beijing", "cn-beijing"),
        ("ACCOUNT_ID", "1234567890", "1234567890"),
    ],
)
def test_a_setting_is_read(name: str, text: str, value: Any) -> None:
    assert getattr(read(**{name: text}), name.lower()) == value


def test_a_region_that_this_version_does_not_know_is_added_by_a_setting_of_its_own() -> None:
    assert read(MORE_REGIONS="cn-newtown", REGIONS="cn-newtown,cn-hangzhou").regions[0] == "cn-newtown"


@pytest.mark.parametrize("name", ["WEBHOOK_URL", "WEBHOOK_SECRET", "FC_ACCESS_KEY_SECRET"])
def test_a_secret_is_read_and_never_shown(name: str) -> None:
    text = "https://robot.example.com/?access_token=t0ken"

    settings = read(**{name: text})

    assert getattr(settings, name.lower()).get_secret_value() == text
    assert "t0ken" not in f"{settings!r} {settings}"


def test_where_the_function_runs_is_read_from_function_compute() -> None:
    settings = read_settings({"FC_REGION": "cn-shanghai", "FC_ACCOUNT_ID": "1234567890"})

    assert (settings.region, settings.account_id) == ("cn-shanghai", "1234567890")


def test_an_empty_variable_counts_as_unset() -> None:
    empty = dict.fromkeys(("CERTDEPLOY_STORES", "CERTDEPLOY_AUTO", "CERTDEPLOY_WEBHOOK_URL", "FC_REGION"), "")

    assert read_settings(empty) == read_settings({})


def test_hosts_are_named_by_api_or_by_api_and_region() -> None:
    named = "live=live.ap-southeast-1.aliyuncs.com, alb.cn-beijing=alb-vpc.{region}.aliyuncs.com"

    assert dict(read(HOSTS=named).hosts) == {
        "live": "live.ap-southeast-1.aliyuncs.com",
        "alb.cn-beijing": "alb-vpc.{region}.aliyuncs.com",
    }


def test_with_aws_it_is_looked_after_too() -> None:
    assert set(read(AWS="true").products) - set(read().products) == {CloudProduct.AWS}
    assert read(AWS="true", PRODUCTS="CDN").products == (CloudProduct.CDN,)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"CERTDEPLOY_AWS": "true", "CERTDEPLOY_AWS_REGIONS": "US East"}, "CERTDEPLOY_AWS_REGIONS"),
        ({"CERTDEPLOY_STORES": "cn-beijing"}, "CERTDEPLOY_STORES: cn-beijing: stores are"),
        (
            {"CERTDEPLOY_STORES": "cn-hangzhou,b,a"},
            "CERTDEPLOY_STORES: a, b: stores are cn-hangzhou, ap-southeast-1, eu-central-1",
        ),
        ({"CERTDEPLOY_ENDPOINT": "127.0.0.1:8000"}, "CERTDEPLOY_ENDPOINT: must start with http:// or https://"),
        ({"CERTDEPLOY_FC_ENDPOINT": "ftp://x"}, "CERTDEPLOY_FC_ENDPOINT: must start with http:// or https://"),
        ({"CERTDEPLOY_HOSTS": "live"}, "CERTDEPLOY_HOSTS: 'live' is not api=host"),
        ({"CERTDEPLOY_HOSTS": "live=example.com"}, "CERTDEPLOY_HOSTS: 'live=example.com' is not api=host"),
        (
            {"CERTDEPLOY_REGIONS": "cn-hangzou"},
            "CERTDEPLOY_REGIONS: cn-hangzou is no known region, the nearest is cn-hangzhou;"
            " CERTDEPLOY_MORE_REGIONS adds new ones",
        ),
        ({"CERTDEPLOY_MORE_REGIONS": "cn-new,x@y/"}, "CERTDEPLOY_MORE_REGIONS: 'x@y/' is not the name of"),
        ({"CERTDEPLOY_AUTO": "yes"}, "CERTDEPLOY_AUTO: Input should be 'submit' or 'draft'"),
        ({"CERTDEPLOY_PRODUCTS": "CDN,Nope"}, "CERTDEPLOY_PRODUCTS: Input should be"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_setting_is_told_under_its_variable(environ: Mapping[str, str], told: str) -> None:
    assert refused(environ).startswith(told)


def test_a_webhook_that_is_no_safe_address_is_refused_without_repeating_it() -> None:
    url = "http://robot.example.com/?access_token=t0ken#part"

    said = refused({"CERTDEPLOY_WEBHOOK_URL": url, "CERTDEPLOY_STORES": "x"})

    variables = [part.partition(":")[0] for part in said.split("CERTDEPLOY_")[1:]]
    assert sorted(variables) == ["STORES", "WEBHOOK_URL"]
    assert "it is not encrypted" in said
    assert "it has a part after #" in said
    assert "t0ken" not in said


def test_what_is_wrong_with_aws_is_no_matter_where_it_is_not_looked_after() -> None:
    assert read(AWS_REGIONS="US East").aws is False


@pytest.mark.parametrize("name", ["REGIONS", "PRODUCTS"])
def test_a_scope_of_nothing_is_refused_and_not_taken_for_all(name: str) -> None:
    with pytest.raises(SettingsError, match=f"CERTDEPLOY_{name}: names none; name some"):
        read(**{name: " , "})


def test_roots_are_read_as_they_are_given_to_other_processes(tmp_path: Path) -> None:
    path = tmp_path / "roots.pem"
    path.write_text(PEM)

    assert read(ROOTS=str(path)).roots == str(path)
    assert read(ROOTS=f"only:{PEM}").roots == "only:" + PEM.replace("\n", "")


def test_roots_that_cannot_be_read_are_told_under_their_variable() -> None:
    assert refused({"CERTDEPLOY_ROOTS": "/no/roots.pem", "CERTDEPLOY_STORES": "x"}) == (
        "CERTDEPLOY_ROOTS: the file /no/roots.pem cannot be read: No such file or directory;"
        " CERTDEPLOY_STORES: x: stores are cn-hangzhou, ap-southeast-1, eu-central-1"
    )


def test_warning_times_are_days_separated_by_commas() -> None:
    assert read(WARNING_DAYS="30, 7.5,1").warning_days == (30, 7.5, 1)


@pytest.mark.parametrize("days", ["thirty", "30;15", "0", "-1", "nan", "inf"])
def test_a_warning_time_that_is_no_number_of_days_is_refused(days: str) -> None:
    assert refused({"CERTDEPLOY_WARNING_DAYS": f"30,{days}"}).startswith("CERTDEPLOY_WARNING_DAYS: ")
