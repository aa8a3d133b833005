"""Where a state is, its tables, and the SDK it is reached by."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from emulator.cloud import Cloud
from emulator.services.tablestore.tablestore import Service
from shared.state.tables import CERTIFICATES, TABLES, WORKERS
from shared.state.tablestore import create_tables
from shared.state.tablestore_address import Address, address_at, address_of
from tests.tablestores import keys


def test_tables_that_are_lacking_are_made_with_the_time_their_rows_are_kept(
    cloud: Cloud, address: Address
) -> None:
    mine = Address(address.instance, address.endpoint, "mine")
    some = [table for table in TABLES if table is not CERTIFICATES]
    assert create_tables(mine, keys, some) == [f"mine_{table.name}" for table in some]
    assert create_tables(mine, keys, TABLES) == ["mine_certificates"]
    made = cloud.service(Service).instances[address.instance].tables
    life = {name: table.options["time_to_live"] for name, table in made.items() if name.startswith("mine")}
    kept = ("jobs", "workers", "dead_letters", "notifications", "deliveries")
    assert {life.pop(f"mine_{name}") for name in kept} == {400 * 86_400}
    assert set(life.values()) == {-1}
    assert made["mine_workers"].key_names == [column.name for column in WORKERS.key]


@pytest.mark.parametrize(
    ("state", "instance", "endpoint", "prefix"),
    [
        ("ots://state", "state", "https://state.cn-hangzhou.ots.aliyuncs.com", ""),
        ("ots://state.cn-beijing", "state", "https://state.cn-beijing.ots.aliyuncs.com", ""),
        (
            "ots://a-state.ap-southeast-1/two",
            "a-state",
            "https://a-state.ap-southeast-1.ots.aliyuncs.com",
            "two",
        ),
    ],
)
def test_a_state_names_instance_region_and_prefix(
    state: str, instance: str, endpoint: str, prefix: str
) -> None:
    assert address_of(state, "cn-hangzhou") == Address(instance, endpoint, prefix)
    local = address_of(state, "cn-hangzhou", endpoint="http://127.0.0.1:9")
    assert local == Address(instance, "http://127.0.0.1:9", prefix)
    assert Address(instance, endpoint, prefix).table("jobs") == (f"{prefix}_jobs" if prefix else "jobs")


@pytest.mark.parametrize(
    "state",
    ["ots://", "ots://x@evil.example/", "ots://state.cn-hangzhou.evil.example", "ots://state/a-b", "ots:s"],
)
def test_a_state_of_another_form_is_refused(state: str) -> None:
    with pytest.raises(ValueError, match="is not ots://INSTANCE"):
        address_of(state, "cn-hangzhou")


def test_a_stack_names_an_instance_and_its_host() -> None:
    for endpoint in (
        "state.cn-beijing.vpc.tablestore.aliyuncs.com",
        "https://state.cn-beijing.ots.aliyuncs.com/",
    ):
        host = endpoint.removeprefix("https://").rstrip("/")
        assert address_at("state", endpoint) == Address("state", f"https://{host}")
    assert address_at("state", "http://127.0.0.1:80").endpoint == "http://127.0.0.1:80"
    for instance, endpoint in (
        ("state", "https://evil.example"),
        ("state", "http://state.cn-beijing.ots.aliyuncs.com"),
        ("state", "https://state.cn-beijing.ots.aliyuncs.com@evil.example"),
        ("other", "https://state.cn-beijing.ots.aliyuncs.com"),
        ("a/b", "http://127.0.0.1:80"),
    ):
        with pytest.raises(ValueError, match=r"no host|another instance|no name"):
            address_at(instance, endpoint)


@pytest.mark.skipif(find_spec("numpy") is not None, reason="numpy is installed here, for the bench's plot")
def test_the_sdk_is_silent_and_needs_no_numpy() -> None:
    """Two lines on stderr per cold start would be in every function's log."""
    code = "import sys; sys.modules['numpy'] = None; from shared.state.ots_client import sdk; sdk()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
