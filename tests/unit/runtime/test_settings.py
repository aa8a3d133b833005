"""Settings from the environment: each one is read, and everything that is wrong is told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from emulator.authority import Authority
from shared.cloud.aws import CloudAccess
from shared.domain.engines import Engine
from shared.domain.resources import CloudProduct
from shared.errors import SettingsError
from shared.runtime.settings import Settings, read_settings
from shared.state.tablestore_address import Address

PEM = Authority().root_pem


def read(**environ: str) -> Settings:
    """The names without CERTDEPLOY_."""
    return read_settings({f"CERTDEPLOY_{name}": value for name, value in environ.items()})


def refused(environ: Mapping[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        read_settings(environ)
    return str(error.value)


def test_a_state_in_tablestore_is_named_by_a_variable_or_by_the_stack_s_two() -> None:
    vpc = "https://state.cn-beijing.vpc.tablestore.aliyuncs.com"
    for environ, address in (
        ({"STATE": "ots://state"}, ("state", "https://state.cn-hangzhou.ots.aliyuncs.com", "")),
        (
            {"STATE": "ots://state.cn-beijing/two"},
            ("state", "https://state.cn-beijing.ots.aliyuncs.com", "two"),
        ),
        (
            {"STATE": "ots://state", "ENDPOINT": "http://127.0.0.1:8100"},
            ("state", "http://127.0.0.1:8100", ""),
        ),
        ({"OTS_INSTANCE": "state", "OTS_ENDPOINT": vpc}, ("state", vpc, "")),
        ({"OTS_INSTANCE": "state"}, ("state", "https://state.cn-hangzhou.ots.aliyuncs.com", "")),
    ):
        assert read(**environ).tablestore == Address(*address)
    assert read(STATE="/a/file", OTS_INSTANCE="state", OTS_ENDPOINT=vpc).tablestore is None
    assert read().tablestore is None


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        (
            {"STATE": "ots://x@evil.example/"},
            "CERTDEPLOY_STATE: 'ots://x@evil.example/' is not ots://INSTANCE",
        ),
        ({"OTS_INSTANCE": "a/b"}, "CERTDEPLOY_OTS_INSTANCE: 'ots://a/b' is not"),
        (
            {"OTS_INSTANCE": "state", "OTS_ENDPOINT": "https://evil.example"},
            "CERTDEPLOY_OTS_ENDPOINT: 'https://evil.example' is no host of Tablestore",
        ),
    ],
)
def test_signed_requests_go_to_no_other_host(environ: dict[str, str], why: str) -> None:
    assert refused({f"CERTDEPLOY_{name}": text for name, text in environ.items()}).startswith(why)


def test_an_environment_that_says_nothing_gives_the_documented_defaults() -> None:
    settings = read_settings({"PATH": "/bin", "CERTDEPLOY_UNKNOWN": ""})

    secret = {"webhook_url", "webhook_secret", "fc_access_key_secret", "smtp_password"}
    assert settings.model_dump(exclude={"products", "aws_access", *secret}) == {
        "state": "",
        "ots_instance": "",
        "ots_endpoint": "",
        "roots": "",
        "endpoint": "",
        "tls": "",
        "stores": ("cn-hangzhou",),
        "more_regions": (),
        "regions": (),
        "accounts": (),
        "external_id": "",
        "hosts": (),
        "aws": False,
        "auto": "submit",
        "engine": Engine.DIRECT,
        "warning_days": (),
        "prefix": "certdeploy",
        "fc_endpoint": "",
        "fc_access_key_id": "",
        "fc2_service": "",
        "identity": "",
        "webhook_private": False,
        "chat_endpoint": "",
        **{"smtp": "", "smtp_from": ""},
        "region": "cn-hangzhou",
        "account_id": "",
    }  # fmt: skip
    assert {getattr(settings, name).get_secret_value() for name in secret} == {""}
    assert CloudProduct.CDN in settings.products
    assert CloudProduct.AWS not in settings.products


def test_the_access_to_aws_comes_from_the_same_environment() -> None:
    settings = read(AWS="on", AWS_REGIONS="eu-west-1", AWS_ENDPOINT="http://127.0.0.1:5000")

    assert settings.aws_access == CloudAccess(("eu-west-1",), "", "http://127.0.0.1:5000")
    assert read(AWS_REGIONS="eu-west-1").aws_access == CloudAccess(), "AWS is off"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("STATE", "/var/certdeploy.db", "/var/certdeploy.db"),
        ("ENDPOINT", "http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("FC_ENDPOINT", "http://127.0.0.1:8001", "http://127.0.0.1:8001"),
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


@pytest.mark.parametrize("name", ["WEBHOOK_URL", "WEBHOOK_SECRET", "FC_ACCESS_KEY_SECRET", "SMTP_PASSWORD"])
def test_a_secret_is_read_and_never_shown(name: str) -> None:
    text = "https://robot.example.com/?access_token=t0ken"

    settings = read(**{name: text})

    assert getattr(settings, name.lower()).get_secret_value() == text
    assert "t0ken" not in f"{settings!r} {settings}"


def test_where_the_function_runs_is_read_from_function_compute() -> None:
    told = {"FC_REGION": "cn-shanghai", "FC_ACCOUNT_ID": "1234567890", "CERTDEPLOY_REGION": "of-a-command"}
    settings = read_settings(told)
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
        ({"CERTDEPLOY_ENDPOINT": "127.0.0.1:8000"}, "CERTDEPLOY_ENDPOINT: '127.0.0.1:8000' is not http://127"),
        ({"CERTDEPLOY_ENDPOINT": "http://[::1"}, "CERTDEPLOY_ENDPOINT: 'http://[::1' is not http://127.0.0.1"),
        ({"CERTDEPLOY_ENDPOINT": "http://127.0.0.1:99999"}, "CERTDEPLOY_ENDPOINT: "),
        ({"CERTDEPLOY_ENDPOINT": "http://evil.example"}, "CERTDEPLOY_ENDPOINT: "),
        ({"CERTDEPLOY_FC_ENDPOINT": "https://fc.example.com"}, "CERTDEPLOY_FC_ENDPOINT: "),
        ({"CERTDEPLOY_TLS": "nonsense"}, "CERTDEPLOY_TLS: 'nonsense' is not 127.0.0.1:<port>"),
        ({"CERTDEPLOY_STORES": ","}, "CERTDEPLOY_STORES: names none; name some"),
        ({"CERTDEPLOY_WARNING_DAYS": ","}, "CERTDEPLOY_WARNING_DAYS: names none; name some"),
        ({"CERTDEPLOY_HOSTS": ","}, "CERTDEPLOY_HOSTS: names none; name some"),
        ({"CERTDEPLOY_HOSTS": "alb=alb.{x}.aliyuncs.com"}, "CERTDEPLOY_HOSTS: 'alb=alb.{x}."),
        ({"CERTDEPLOY_HOSTS": "alb=evil.example/.aliyuncs.com"}, "CERTDEPLOY_HOSTS: "),
        ({"CERTDEPLOY_HOSTS": "alb=a.aliyuncs.com.evil.example"}, "CERTDEPLOY_HOSTS: "),
        ({"CERTDEPLOY_HOSTS": "alb.cn-x=a.aliyuncs.com"}, "CERTDEPLOY_HOSTS: cn-x is no known region"),
        ({"FC_REGION": "evil.example/"}, "CERTDEPLOY_FC_REGION: 'evil.example/' is no known region"),
        ({"FC_ACCOUNT_ID": "1@evil"}, "CERTDEPLOY_FC_ACCOUNT_ID: the id of an account is a number"),
        ({"CERTDEPLOY_PREFIX": "../x"}, "CERTDEPLOY_PREFIX: use letters, digits"),
        (
            {"CERTDEPLOY_REGOINS": "cn-hangzhou"},
            "CERTDEPLOY_REGOINS is no setting, did you mean CERTDEPLOY_REGIONS?",
        ),
        ({"CERTDEPLOY_AWS_ENDPONT": "x"}, "CERTDEPLOY_AWS_ENDPONT is no setting, did you mean CERTDEPLOY_A"),
        ({"CERTDEPLOY_HOSTS": "live"}, "CERTDEPLOY_HOSTS: 'live' is not api=host"),
        ({"CERTDEPLOY_HOSTS": "live=example.com"}, "CERTDEPLOY_HOSTS: 'live=example.com' is not api=host"),
        (
            {"CERTDEPLOY_REGIONS": "cn-hangzou"},
            "CERTDEPLOY_REGIONS: cn-hangzou is no known region, the nearest is cn-hangzhou;"
            " CERTDEPLOY_MORE_REGIONS adds new ones",
        ),
        ({"CERTDEPLOY_MORE_REGIONS": "cn-new,x@y/"}, "CERTDEPLOY_MORE_REGIONS: 'x@y/' is not the name of"),
        ({"CERTDEPLOY_AUTO": "yes"}, "CERTDEPLOY_AUTO: Input should be 'submit' or 'draft'"),
        ({"CERTDEPLOY_PRODUCTS": "cdn,OSS,*"}, "CERTDEPLOY_PRODUCTS: 'cdn' is no product, did you mean CDN?"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_setting_is_told_under_its_variable(environ: Mapping[str, str], told: str) -> None:
    assert refused(environ).startswith(told)


def test_all_that_is_wrong_is_told_at_once() -> None:
    said = refused(
        {
            "CERTDEPLOY_STORE": "x",
            "CERTDEPLOY_TLS": "nonsense",
            "CERTDEPLOY_AWS": "on",
            "CERTDEPLOY_AWS_ENDPOINT": "http://evil.example",
        }
    )

    for name in ("CERTDEPLOY_STORE is", "CERTDEPLOY_TLS:", "CERTDEPLOY_AWS_ENDPOINT:"):
        assert name in said


def test_each_variable_that_is_named_anywhere_is_a_setting() -> None:
    """A variable of template.yml or README.md that no setting reads would be refused."""
    root = Path(__file__).parents[3]
    texts = [root / "template.yml", *root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("cli/**/*.py")]
    named = {
        name for path in texts for name in re.findall(r"CERTDEPLOY_[A-Z0-9_]*[A-Z0-9]", path.read_text())
    }

    unknown = refused(dict.fromkeys(named, "?")) if named else ""

    assert len(named) > 15
    assert "is no setting" not in unknown


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
