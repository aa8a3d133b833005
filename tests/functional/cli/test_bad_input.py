"""What is wrong is told in one clear message, with the exit code of its kind, and nothing is half done."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cli import exits
from cli.exits import exit_code
from cli.main import _failed as failed
from cli.parameters import parameters
from shared import errors
from shared.cloud.functions import FunctionFailedError
from shared.errors import AppError
from shared.state.sqlite_file import APPLICATION_ID
from tests.functional.cli.conftest import Command


def test_a_request_with_an_unknown_field_is_refused(command: Command, tmp_path: Path) -> None:
    (event := tmp_path / "event.json").write_text('{"Lisst": {}}')

    ran = command("invoke", "manage_deployment_jobs", str(event))

    assert ran.code == 2
    assert ran.err == "certdeploy: Lisst: unknown field, did you mean List?\n"


def test_an_event_that_is_no_json_is_refused(command: Command, tmp_path: Path) -> None:
    (event := tmp_path / "event.json").write_text("{")

    assert command("invoke", "scan_expiry", str(event)).code == 2


def test_a_file_that_is_not_there_is_named(command: Command, tmp_path: Path) -> None:
    ran = command("invoke", "scan_expiry", str(tmp_path / "no.json"))

    assert ran.code == 2
    assert "no.json: No such file" in ran.err


def test_an_unknown_function_is_answered_with_those_there_are(command: Command, tmp_path: Path) -> None:
    (event := tmp_path / "event.json").write_text("{}")

    ran = command("invoke", "scan_expirey", str(event))

    assert ran.code == 5
    assert "scan_expiry" in ran.err


def test_an_invocation_prints_the_answer(informed: Command, tmp_path: Path) -> None:
    (event := tmp_path / "event.json").write_text('{"List": {}}')

    assert informed("invoke", "manage_deployment_jobs", str(event)).json == {"Jobs": []}


def test_an_estate_with_a_typo_names_the_field(bare: Command, tmp_path: Path) -> None:
    (estate := tmp_path / "estate.yaml").write_text("cdn:\n  - {domian: www.example.com}\n")

    ran = bare("emulator", "serve", "--estate", str(estate))

    assert (ran.code, ran.out) == (2, "")
    assert "domian" in ran.err
    assert "domain" in ran.err


@pytest.mark.parametrize("name", ["scan", "serve", "discover"])
def test_a_wrong_access_key_is_told_at_once(
    command: Command, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "not-the-secret")

    ran = command(name)

    assert (ran.code, ran.out) == (3, ""), ran.err
    assert "SignatureDoesNotMatch" in ran.err
    assert ran.err.startswith("certdeploy: ")
    assert ran.err.count("\n") == 1
    assert "; the AccessKey is wrong or was disabled; check ALIBABA_CLOUD_ACCESS_KEY_ID" in ran.err
    assert "not-the-secret" not in ran.err + ran.out
    assert not (tmp_path / "state.db.serve.json").exists()


@pytest.mark.parametrize("arguments", [("scan",), ("serve",), ("discover", "--product", "ALB")], ids=" ".join)
def test_a_cloud_that_does_not_answer_is_told(
    command: Command, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTDEPLOY_ENDPOINT", "http://127.0.0.1:9")

    ran = command(*arguments)

    assert ran.code == 4
    assert ran.err.startswith("certdeploy: ")
    assert "no connection to 127.0.0.1:9 could be made" in ran.err
    assert ran.err.count("\n") == 1


def test_a_state_must_be_named(bare: Command) -> None:
    ran = bare("job", "list")

    assert ran.code == 2
    assert "CERTDEPLOY_STATE is not set" in ran.err


def test_a_state_that_cannot_be_is_told(
    bare: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CERTDEPLOY_STATE", str(tmp_path / "no" / "folder" / "state.db"))

    ran = bare("job", "list")

    assert ran.code == 2
    assert ran.err.endswith(": it cannot be opened: its folder is missing, or permissions forbid it\n")


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        (["CREATE TABLE users (name TEXT)"], " is of another program"),
        (
            [f"PRAGMA application_id = {APPLICATION_ID}", "PRAGMA user_version = 99"],
            " is of schema 99, which a newer",
        ),
    ],
)
@pytest.mark.parametrize("line", [("job", "list"), ("scan",), ("serve",), ("status",)], ids=" ".join)
def test_a_state_file_that_is_not_ours_is_refused_in_a_sentence_and_left_as_it_is(
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: tuple[str, ...],
    statements: list[str],
    why: str,
) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as file:
        for statement in statements:
            file.execute(statement)
    before = path.read_bytes()
    monkeypatch.setenv("CERTDEPLOY_STATE", str(path))

    ran = command(*line)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"certdeploy: the state file {path}{why}")
    assert ran.err.count("\n") == 1
    assert path.read_bytes() == before


def test_a_state_file_that_is_locked_is_exit_code_4(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.state.sqlite._WAIT_S", 0.01)
    monkeypatch.setattr("shared.state.sqlite_file.time.sleep", lambda seconds: None)
    path = tmp_path / "other.db"
    monkeypatch.setenv("CERTDEPLOY_STATE", str(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = command("job", "list")

    assert ran.code == 4
    assert ran.err == f"certdeploy: the state file {path}: another process has it locked; try again\n"


def test_a_parameter_that_the_template_lacks_is_named(command: Command) -> None:
    ran = command("serve", "--parameter", "ScanShedule=@every 1m")

    assert ran.code == 2
    assert "ScanShedule" in ran.err


def test_a_secret_on_the_command_line_is_refused_and_not_repeated() -> None:
    with pytest.raises(errors.InvalidRequestError) as refused:
        parameters(["WebhookUrl=https://hooks.example.com/token"], None)

    assert "set CERTDEPLOY_WEBHOOK_URL, or put it into a file for --parameter-file" in str(refused.value)
    assert "hooks.example.com" not in str(refused.value)


def test_parameters_in_a_file_are_used_and_those_of_the_command_line_count_before_them(
    tmp_path: Path,
) -> None:
    file = tmp_path / "parameters"
    file.write_text("# of this machine\nWebhookUrl=https://hooks.example.com/?a=b\n\nAutoDeploy = draft\n")

    assert parameters(["AutoDeploy=submit"], file) == {
        "WebhookUrl": "https://hooks.example.com/?a=b",
        "AutoDeploy": "submit",
    }
    assert parameters([], file)["AutoDeploy"] == "draft"
    assert parameters([], None) == {}


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), (b"\xff", "no text in UTF-8"), (b"Webhook\n", "Name=value")]
)
def test_a_file_of_parameters_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "parameters"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(errors.InvalidRequestError, match=why) as refused:
        parameters([], file)
    assert str(file) in str(refused.value)


def test_an_unknown_option_is_a_usage_error(bare: Command) -> None:
    assert bare("scan", "--nope").code == 2


def test_every_error_has_an_exit_code_with_a_meaning() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AppError)]

    assert {exit_code(kind) for kind in kinds} <= set(exits.MEANINGS) - {exits.OK}


def test_an_error_of_another_process_has_the_code_of_its_kind() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AppError)]

    assert {kind.__name__: exits.exit_code_of_name(kind.__name__) for kind in kinds} == {
        kind.__name__: exit_code(kind) for kind in kinds
    }
    assert exits.exit_code_of_answer("InvalidCredentials") == exits.REFUSED
    assert exits.exit_code_of_answer("?") == exits.exit_code_of_name("?") == exits.FAILED


def test_help_tells_the_exit_codes(bare: Command) -> None:
    assert "Exit codes: 0 success; 1 " in " ".join(bare("--help").out.split())


@pytest.mark.parametrize("number", ["9" * 19, "9" * 30, "9" * 5000, "²", "٣", "1_0", "+7", "0x10"])
def test_numbers_of_any_form_are_known_or_not(command: Command, number: str) -> None:
    for arguments in (
        ("certificate", "show", number),
        ("certificate", "show", f"{number}-cn-hangzhou"),
        ("job", "show", number),
        ("job", "preview", "--certificate", number),
    ):
        ran = command(*arguments)
        assert ran.code in (2, 5), ran.err
        assert "a bug" not in ran.err


@pytest.mark.parametrize(
    ("error_type", "hinted", "code"), [("CloudCredentialsError", True, 3), ("KeyError", False, 1)]
)
def test_what_a_function_is_told_by_the_cloud_is_told_with_what_to_do(
    capsys: pytest.CaptureFixture[str], error_type: str, hinted: bool, code: int
) -> None:
    told = {"errorType": error_type, "errorMessage": "ListCert: SignatureDoesNotMatch: not yours"}

    assert failed(FunctionFailedError("scan_expiry", json.dumps(told).encode(), "1")) == code

    assert ("the AccessKey is wrong or was disabled" in capsys.readouterr().err) is hinted
