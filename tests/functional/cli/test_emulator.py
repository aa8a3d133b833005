"""`certdeploy emulator`: orders to a running emulator, and a command with an emulator of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.environment import without_accounts
from emulator.estate import parse_estate
from emulator.server import Server
from tests.functional.cli.conftest import Command
from tests.functional.emulator.clients import call

LOOK = """
import json, os, socket, ssl, sys, urllib.request
context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
proxy = urllib.request.ProxyHandler({"https": os.environ["HTTPS_PROXY"]})
opener = urllib.request.build_opener(proxy, urllib.request.HTTPSHandler(context=context))
try:
    opener.open("https://alb.cn-shanghai.aliyuncs.com/?Action=DescribeRegions&Version=2020-06-16")
except urllib.error.HTTPError as error:
    told = json.loads(error.read())
real = os.environ.get("ALICLOUD_PROFILE"), os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] == "real"
json.dump([told["Code"], told["HostId"], real], open(sys.argv[1], "w"))
sys.exit(7)
"""


def an_estate(folder: Path) -> str:
    """A small one: the sample has many keys to make."""
    (path := folder / "small.yaml").write_text("cdn: []")
    return str(path)


def test_a_command_is_run_with_a_cloud_of_its_own(
    bare: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("ALICLOUD_PROFILE", "real")

    estate = an_estate(tmp_path)
    look = (sys.executable, "-c", LOOK, str(tmp_path / "told"))
    ran = bare("emulator", "run", "--estate", estate, "--", *look)

    assert (ran.code, ran.out, ran.err) == (7, "", "")
    told = json.loads((tmp_path / "told").read_text())
    assert told == ["MissingAccessKeyId", "alb.cn-shanghai.aliyuncs.com", [None, False]]


def test_a_command_that_is_not_there_is_told(bare: Command, tmp_path: Path) -> None:
    ran = bare("emulator", "run", "--estate", an_estate(tmp_path), "--", str(tmp_path / "nothing"))

    assert (ran.code, ran.err) == (2, f"certdeploy: {tmp_path}/nothing: No such file or directory\n")


def test_a_wrong_estate_runs_nothing(bare: Command, tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text("cdm: []\n")
    told = tmp_path / "told"

    ran = bare("emulator", "run", "--estate", str(tmp_path / "estate.yaml"), "--", "touch", str(told))

    assert ran.code == 2
    assert 'did you mean "cdn"?' in ran.err
    assert not told.exists()


def test_what_leads_to_a_real_account_is_taken_away() -> None:
    real = {"ALIBABA_CLOUD_ROLE_ARN": "x", "AWS_PROFILE": "x", "alicloud_region": "x", "PATH": "/bin"}

    kept = without_accounts(real)

    assert kept.pop("PATH") == "/bin"
    assert real.keys().isdisjoint(kept)
    assert kept["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] == "true"
    assert kept["ALIBABA_CLOUD_CREDENTIALS_FILE"] == "/dev/null"


def test_a_running_emulator_is_asked(bare: Command, server: Server) -> None:
    at = ("--endpoint", server.endpoint)
    call(server, "GetCallerIdentity")

    assert "GetCallerIdentity" in bare("emulator", "calls", *at).out
    rows = bare("emulator", "calls", "--action", "Nothing", "--json", *at).json
    assert rows == {"Calls": []}
    assert bare("emulator", "calls", "--refused", *at).out.splitlines()[1:] == []
    table = bare("emulator", "actions", "--api", "sts", *at).out
    assert [line.split()[1] for line in table.splitlines()[1:]] == ["AssumeRole", "GetCallerIdentity"]
    assert bare("emulator", "reset", *at).code == 0
    assert list(server.cloud.calls) == []


def test_faults_are_ordered_and_taken_back(bare: Command, server: Server) -> None:
    at = ("--endpoint", server.endpoint)

    ran = bare("emulator", "faults", "--order", '{"action": "GetCallerIdentity"}', *at)
    assert [line.split()[:3] for line in ran.out.splitlines()[1:]] == [["1", "fault", "None"]]
    wrong = bare("emulator", "faults", "--order", '{"action": "GetCallerIdentiy"}', *at)
    assert (wrong.code, 'did you mean "GetCallerIdentity"?' in wrong.err) == (2, True)
    assert bare("emulator", "faults", "--clear", "--json", *at).json == {"Faults": []}


def test_the_time_is_moved(bare: Command, server: Server) -> None:
    at = ("--endpoint", server.endpoint)

    ran = bare("emulator", "clock", "--freeze", "2030-01-01T00:00:00Z", "--advance", "60", *at)
    assert ran.out == "2030-01-01T00:01:00+00:00 (stands)\n"
    assert bare("emulator", "clock", "--run", "--json", *at).json["frozen"] is False


def test_an_estate_is_printed_as_a_file(bare: Command, server: Server, tmp_path: Path) -> None:
    at = ("--endpoint", server.endpoint)
    (tmp_path / "a.yaml").write_text("cdn:\n- domain: a.example.com\n")
    (tmp_path / "b.yaml").write_text("cdn: [{domain: b.example.com}]")

    ran = bare(
        *("emulator", "estate", "--load", str(tmp_path / "a.yaml"), "--merge", str(tmp_path / "b.yaml")), *at
    )

    assert ran.out == "cdn:\n- domain: a.example.com\n- domain: b.example.com\n"
    missing = bare("emulator", "estate", "--load", str(tmp_path / "c.yaml"), *at)
    assert (missing.code, missing.err) == (2, f"certdeploy: {tmp_path}/c.yaml: No such file or directory\n")


def test_an_account_is_saved_for_its_owner_alone_and_no_key_is_printed(
    bare: Command, server: Server, tmp_path: Path
) -> None:
    at = ("--endpoint", server.endpoint)
    server.cloud.load(
        parse_estate({"certificates": {"a": {"names": ["a.example.com"], "key": "ecdsa-p256"}}})
    )
    (file := tmp_path / "saved.json").touch(0o644)

    ran = bare("emulator", "estate", "--save", str(file), *at)
    again = bare("emulator", "estate", "--load", str(file), "--json", *at)

    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert file.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE KEY" in file.read_text()
    assert again.json["certificates"]["a"]["names"] == ["a.example.com"]
    assert "saved" not in again.json
    nowhere = bare("emulator", "estate", "--save", str(tmp_path / "no" / "saved.json"), *at)
    assert (nowhere.code, nowhere.err) == (
        2,
        f"certdeploy: {tmp_path}/no/saved.json: No such file or directory\n",
    )


@pytest.mark.long
def test_the_emulator_is_loaded_alone_and_fails_as_every_command_does() -> None:
    asked = ["emulator", "faults", "--endpoint", "http://127.0.0.1:9"]
    look = (
        "import sys; from cli.entry import main; code = main(sys.argv[1:]); import emulator.main;"
        "loaded = [name for name in ('Tea', 'aiohttp', 'cli.main', 'shared.cloud') if name in sys.modules];"
        "print(code, loaded)"
    )

    ran = subprocess.run([sys.executable, "-c", look, *asked], capture_output=True, text=True, timeout=60)

    assert ran.stdout == "2 ['shared.cloud']\n"  # what redacts texts
    assert ran.stderr.startswith("certdeploy: no emulator answers at http://127.0.0.1:9: ")


def test_where_no_emulator_is_is_told(bare: Command) -> None:
    ran = bare("emulator", "reset", "--endpoint", "http://127.0.0.1:9")

    assert ran.code == 2
    assert ran.err.startswith("certdeploy: no emulator answers at http://127.0.0.1:9: ")
