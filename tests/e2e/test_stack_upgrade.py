"""A stack goes to a later version and back: jobs, ledger, contacts and history stay, and go on."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from cli.on_stack import Options, given
from cli.parameters import TEMPLATE
from cli.stacks import follow
from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.edge import Edge
from emulator.estate import parse_estate
from emulator.server import Server, running
from host import bare
from stack.installed import unpack_code, unpack_layer
from stack.package import LOCK
from tests.e2e.running import settled

ROOT = Path(__file__).parents[2]
REGION = "cn-beijing"  #: not the one that is taken where none is named
NAMES = ["example.com", "*.example.com"]
ESTATE: dict[str, Any] = {
    "regions": [REGION],
    "certificates": {
        "shop": {"names": NAMES, "key": "ecdsa-p256", "days": 90},
        "renewed": {"names": NAMES, "key": "ecdsa-p256", "days": 199},
    },
    "cdn": [
        {"domain": "www.example.com", "certificate": "shop"},
        {"domain": "shop.example.com", "certificate": "shop"},
    ],
}
KEPT = ("job list", "job show {job}", "quota history", "quota show", "contact list", "resource list --all")
Run = Callable[..., Any]


def archive(folder: Path, to: Path, place: str = "", **more: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, place + path.relative_to(folder).as_posix())
        for name, text in more.items():
            packed.writestr(f"{name}.py", text)
    to.write_bytes(content.getvalue())


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder of objects for each, out of what is installed here: no network."""
    folder = tmp_path_factory.mktemp("objects")
    for name in ("code", "layer"):
        (folder / name).mkdir()
    unpack_code(ROOT, folder / "code")
    unpack_layer(ROOT / LOCK, folder / "layer")
    archive(folder / "layer", folder / "layer.zip", "python/")
    archive(folder / "none", folder / "layer-aws.zip", nothing="")
    for version in ("earlier", "later"):
        made = folder / version
        made.mkdir()
        names = {"code": f"code-{version}.zip", "layer": "layer.zip", "layer-aws": "layer-aws.zip"}
        archive(folder / "code", made / names["code"], which=f"VERSION = {version!r}")
        for name in ("layer.zip", "layer-aws.zip"):  # a version has the same dependencies, or others by name
            (made / name).hardlink_to(folder / name)
        (made / "objects.json").write_text(json.dumps({"python3.10": names}))
    return {version: folder / version for version in ("earlier", "later")}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(bare, "interpreter", lambda version: None)  # what is installed here is for this one
    monkeypatch.setattr(follow, "EVERY_S", 0.05)
    cloud = Cloud(settle_s=0)
    cloud.load(parse_estate(ESTATE))
    with running(cloud) as server, Edge(cloud) as edge:
        cloud.leads |= {"CERTDEPLOY_TLS": edge.address, "CERTDEPLOY_ROOTS": Authority().root_pem}
        monkeypatch.setenv("CERTDEPLOY_ENDPOINT", server.endpoint)
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", cloud.key.access_key_id)
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", cloud.key.access_key_secret)
        for name in ("STATE", "ROOTS", "TLS"):
            monkeypatch.delenv(f"CERTDEPLOY_{name}", raising=False)
        yield server


@pytest.fixture
def run(server: Server, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command that has to succeed; what it prints with --json."""

    def ran(*words: str) -> Any:
        given(Options())
        capsys.readouterr()
        code = main([*words, *(["--json"] if words[0] != "deploy" else [])])
        said = capsys.readouterr()
        assert code == 0, (words, said.out + said.err)
        return json.loads(said.out) if words[0] != "deploy" else said.out

    return ran


@pytest.mark.long
def test_an_upgrade_and_the_way_back_keep_all_that_was_done_and_go_on_with_it(
    server: Server, run: Run, versions: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier.yml"
    earlier.write_text(TEMPLATE.read_text().replace("Description: ", "Description: Earlier. ", 1))
    monkeypatch.setattr("cli.deploy.TEMPLATE", earlier)
    deploy = ("deploy", "--yes", "--region", REGION)
    run(*deploy, f"--objects={versions['earlier']}", f"--parameter=Regions={REGION}")
    settled(server)
    stack = ("--stack", "certdeploy", "--region", REGION)
    run(*stack, "quota", "add", "7")
    run(*stack, "contact", "add", "--name=ops", "--channel=email=ops@example.com")
    renewed = next(
        one["CertId"]
        for one in run(*stack, "certificate", "list")["Certificates"]
        if one["Name"] == "renewed"
    )
    made = run(*stack, "job", "create", "--name=by hand", f"--certificate={renewed}", "--yes", "--wait")
    job = str(made["Job"]["JobId"])
    (first,) = [one["Id"] for one in run("stack", "--region", REGION)["Releases"]]
    before = kept(run, stack, job)

    monkeypatch.setattr("cli.deploy.TEMPLATE", TEMPLATE)
    shown = run(*deploy, f"--objects={versions['later']}")
    settled(server)

    assert "change  " in shown
    assert kept(run, stack, job) == before
    run(*stack, "job", "rollback", job, "--yes", "--wait")
    assert statuses(run, stack, job) == {"rollback_success"}
    rolled_back = kept(run, stack, job)

    run(*deploy, "--release", first)
    settled(server)

    assert kept(run, stack, job) == rolled_back
    again = run(*stack, "job", "create", "--name=again", f"--certificate={renewed}", "--yes", "--wait")
    assert statuses(run, stack, str(again["Job"]["JobId"])) == {"success"}


def kept(run: Run, stack: tuple[str, ...], job: str) -> dict[str, Any]:
    return {line: run(*stack, *line.format(job=job).split()) for line in KEPT}


def statuses(run: Run, stack: tuple[str, ...], job: str) -> set[str]:
    return {one["Status"] for one in run(*stack, "job", "show", job)["Workers"]}
