"""The emulator's own distribution works beside a project that has packages of the same names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from cli.emulator_orders import app
from emulator.__main__ import main, parser
from emulator.admin_gate import HEALTH
from tools.emulator_package import OF_HOST, ROOT, renamed, write


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("from emulator.api import Raw", "from certdeploy_emulator.api import Raw"),
        ("from emulator import aws", "from certdeploy_emulator import aws"),
        ("    from emulator.run import run", "    from certdeploy_emulator.run import run"),
        ("from host.errors import X", "from certdeploy_emulator.host.errors import X"),
        ("from hostile import x", "from hostile import x"),
        ('"from emulator import x"', '"from emulator import x"'),
        ("host = 1", "host = 1"),
    ],
)
def test_imports_are_renamed_and_nothing_else(ours: str, theirs: str) -> None:
    assert renamed(ours) == theirs


@pytest.mark.long
def test_it_serves_in_a_project_with_packages_of_the_same_names(tmp_path: Path) -> None:
    write(tmp_path / "distribution")
    for name in ("emulator", "host", "shared", "cli", "functions", "stack"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise ImportError('{name} is the project s own')")
    program = (
        "import sys; sys.path.append('distribution'); from certdeploy_emulator.in_process import started\n"
        "import certdeploy_emulator.__main__, certdeploy_emulator.pytest_plugin\n"
        "with started({'cdn': []}) as cloud: print(cloud.cloud.regions)"
    )

    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)

    assert (ran.stdout, ran.stderr) == ("['cn-hangzhou']\n", "")


@pytest.mark.parametrize("name", ["serve", "run"])
def test_it_has_the_options_of_the_command(name: str) -> None:
    typed = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    ours = {option for param in typed.params for option in param.opts if option.startswith("--")}
    (commands,) = (action.choices for action in parser()._actions if isinstance(action.choices, dict))
    theirs = {option for action in commands[name]._actions for option in action.option_strings}

    assert theirs - {"-h", "--help"} == ours
    defaults = {param.name: param.default for param in typed.params if param.name != "hosts"}
    given = vars(parser().parse_args([name]))
    for option, value in defaults.items():
        if option in given and option != "command":
            assert given[option] == getattr(value, "value", value), option


FUNCTION = """
import base64, io, json, sys, zipfile
sys.path.append("distribution")
from certdeploy_emulator.api import Call
from certdeploy_emulator.cloud import Cloud
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("index.py", "def handler(event, context): return event[::-1]")
code = {"zipFile": base64.b64encode(packed.getvalue()).decode()}
made = {"functionName": "shop", "runtime": "python3.10", "handler": "index.handler", "code": code}
cloud = Cloud()
for action, params, body in (
    ("CreateFunction", {}, json.dumps(made).encode()),
    ("InvokeFunction", {"functionName": "shop"}, b"abc"),
):
    call = Call(action, params, "cn-hangzhou", cloud.account, "1", raw_body=body)
    answer = cloud.execute(cloud.services["fc"], call)
print(answer.body.decode())
cloud.close()
"""


@pytest.mark.long
def test_it_runs_functions_by_itself(tmp_path: Path) -> None:
    write(tmp_path / "distribution")

    ran = subprocess.run([sys.executable, "-c", FUNCTION], cwd=tmp_path, capture_output=True, text=True)

    assert ran.stdout == "cba\n", ran.stderr


def test_what_is_wrong_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (estate := tmp_path / "estate.yaml").write_text("cdn: []")
    assert main(["run", "--estate", str(estate), "--", str(tmp_path / "nothing")]) == 2
    assert main(["serve", "--host", "nowhere"]) == 2
    assert capsys.readouterr().err == (
        f"{tmp_path}/nothing: No such file or directory\n"
        '--host: "nowhere" is no IP address, such as 0.0.0.0\n'
    )


def test_the_container_file_names_what_is_there() -> None:
    lines = (ROOT / "emulator" / "Containerfile").read_text().splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ")]
    (entry,) = (json.loads(line.partition(" ")[2]) for line in lines if line.startswith("ENTRYPOINT "))
    given = vars(parser().parse_args([*entry[1:], "--estate", "estate.yaml"]))
    (healthy,) = (line for line in lines if "urlopen" in line)

    assert all((ROOT / name).exists() for name in copied)
    assert {"emulator", *(f"host/{name}" for name in OF_HOST)} <= {
        path.relative_to(ROOT).as_posix()
        for name in copied
        for path in (ROOT / name, *(ROOT / name).glob("*"))
    }
    assert f":{given['port']}{HEALTH}" in healthy
