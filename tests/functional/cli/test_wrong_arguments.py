"""Every command with wrong arguments: an exit code, one sentence, and nothing has changed.

The commands and their options come from the command line itself: a new one is walked, and has to be told
here which values of it are as good as any.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from emulator.cloud import Cloud
from tests.functional.cli import commands
from tests.functional.cli.commands import COMMANDS
from tests.functional.cli.conftest import SHOP, Command, Ran

ROOT = Path(__file__).parents[3]
RENEWED = 10743322
WRONG = ("", "nope", "-1", "9" * 20, "bücher/../x\n" + "x" * 3000)
#: They go on until they are stopped, or take minutes: what is wrong is only looked for in their options.
LONG = {
    ("serve",),
    ("console",),
    ("emulator", "serve"),
    ("emulator", "run"),
    ("demo",),
    ("package",),
    ("deploy",),
}
#: Options that take any text, with why.
ANY_TEXT = {
    ("job", "create", "--name"): "a name for people",
    ("job", "edit", "--name"): "a name for people",
    ("job", "list", "--name"): "of none with such a name there are no jobs",
    ("resource", "list", "--instance"): "of none that is known there are no slots",
    ("resource", "list", "--domain"): "as before",
    ("certificate", "list", "--domain"): "as before",
    ("certificate", "list", "--name"): "as before",
    ("certificate", "export", "--to"): "a file that is made",
    ("emulator", "estate", "--save"): "as before",
    **{("emulator", "calls", f"--{name}"): "there are no such calls" for name in ("api", "action", "region")},
    ("state", "export", "to"): "as before",
    ("state", "migrate", "to"): "as before",
    ("contact", "add", "--name"): "a name for people",
    ("contact", "edit", "--name"): "as before",
    ("quota", "add", "--note"): "for people",
    ("quota", "add", "--token"): "any name",
}
#: Wrong values that are right for an option: "" is as if it were not given; a number is one.
RIGHT = {
    ("certificate", "upload", "--store"): {""},
    **{
        ("emulator", *words): {""}
        for words in (("actions", "--api"), ("faults", "--order"), ("clock", "--freeze"))
    },
}
NEED_THE_CLOUD = {("scan",), ("discover",), ("certificate", "export")}
OPTIONS = [
    (*path, param.opts[0])
    for path, command in COMMANDS.items()
    if path not in LONG
    for param in command.params
    if not getattr(param, "is_flag", False)
]


@pytest.fixture
def good(informed: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """For each argument that a command needs, by its name, a value with which it works."""
    monkeypatch.chdir(tmp_path)  # some values name files
    made = informed("job", "create", "--name", "x", "--certificate", str(RENEWED), "--draft", "--json")
    added = informed("contact", "add", "--name", "x", "--channel", "slack=file:/none", "--json")
    (event := tmp_path / "event.json").write_text('{"List": {}}')
    (pem := tmp_path / "pair.pem").write_text("no PEM")
    return {
        "certificate": str(RENEWED),
        "cert_id": str(SHOP),
        "job_id": str(made.json["Job"]["JobId"]),
        "contact_id": str(added.json["Contacts"][0]["ContactId"]),
        "channel": "slack=file:/none",
        "count": "10",
        "named": "CDN/-/www.example.com",
        "name": "x",
        "file": str(ROOT / "docs/policies.yaml"),
        "to": str(tmp_path / "exported.pem"),
        "function": "manage_deployment_jobs",
        "event": str(event),
        "pem": str(pem),
        "who": "reader",
        "command": str(tmp_path / "no-such-command"),
        "source": str(tmp_path / "state.db"),
    }


def with_needed(path: commands.Path, good: dict[str, str], but: str = "", value: str = "") -> list[str]:
    """A command line with what the command needs; one option or argument, `but`, with another value."""
    words, arguments = list(path), []
    for param in COMMANDS[path].params:
        name, option = str(param.name), param.opts[0]
        if option != but and not param.required:
            continue
        known = good["pem"] if path == ("certificate", "upload") and name == "certificate" else good.get(name)
        assert option == but or known is not None, f"tell in `good` a value for {option} of {' '.join(path)}"
        given = value if option == but else str(known)
        if option.startswith("-"):
            words += [f"{option}={given}"]
        else:
            arguments.append(given)
    return [*words, *(["--"] if arguments else []), *arguments]


class Watched:
    """What a command may have changed: the state, and the cloud."""

    def __init__(self, state: Path, cloud: Cloud) -> None:
        self._state, self._cloud = state, cloud
        self._before = self._now()

    def changed(self) -> bool:
        return self._now() != self._before

    def _now(self) -> tuple[list[str], list[str]]:
        with closing(sqlite3.connect(self._state)) as state:
            dumped = [line for line in state.iterdump() if line.startswith("INSERT")]
        writes = ("Set", "Upload", "Update", "Delete", "Put", "Create", "Associate", "Bind")
        return dumped, [call.action for call in self._cloud.calls if call.action.startswith(writes)]


def check_refused(ran: Ran, line: list[str]) -> None:
    assert ran.code in (2, 3, 5), (line, ran)
    assert ran.out == "", line
    first = ran.err.split("\n")[0]
    assert first.startswith(("certdeploy: ", "Usage: certdeploy ", "╭─ Error ")), (line, ran.err)
    if first.startswith("certdeploy: "):
        assert ran.err.count("\n") == 1, (line, ran.err)
    for word in ("Traceback", "a bug", "internal error", "certdeploy: unexpected", "Error("):
        assert word not in ran.err, (line, ran.err)


@pytest.mark.parametrize("where", OPTIONS, ids=" ".join)
def test_a_wrong_value_is_refused_and_changes_nothing(
    informed: Command, cloud: Cloud, tmp_path: Path, good: dict[str, str], where: tuple[str, ...]
) -> None:
    *words, option = where
    watched = Watched(tmp_path / "state.db", cloud)
    for value in WRONG:
        line = with_needed(tuple(words), good, option, value)

        ran = informed(*line)

        if ran.code == 0:
            assert where in ANY_TEXT or value in RIGHT.get(where, ()), (line, ran.out)
            watched = Watched(tmp_path / "state.db", cloud)
        else:
            check_refused(ran, line)
            assert not watched.changed(), line


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_what_a_command_does_not_know_or_lacks_is_a_usage_error(
    informed: Command, cloud: Cloud, tmp_path: Path, good: dict[str, str], path: commands.Path
) -> None:
    watched = Watched(tmp_path / "state.db", cloud)
    needed = with_needed(path, good)

    for line in (
        [*path, "--nope"],
        [*needed, "one-more", "and-another"],
        *([list(path)] if len(needed) > len(path) else []),
    ):
        check_refused(informed(*line), line)
    assert not watched.changed()


def typed(path: commands.Path) -> Iterator[str]:
    for param in COMMANDS[path].params:
        if param.opts[0].startswith("--") and not getattr(param, "is_flag", False):
            yield param.opts[0]


@pytest.mark.parametrize("path", sorted(LONG), ids=" ".join)
def test_an_option_without_its_value_is_a_usage_error(bare: Command, path: commands.Path) -> None:
    for option in typed(path):
        check_refused(bare(*path, option), [*path, option])


def without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nor where the SDK looks for some."""
    for name in ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET"):
        monkeypatch.delenv(f"ALIBABA_CLOUD_{name}")
    monkeypatch.setattr("alibabacloud_credentials.utils.auth_constant.HOME", str(tmp_path))
    utilities = "alibabacloud_credentials.utils.auth_util"
    monkeypatch.setattr(f"{utilities}.environment_ecs_metadata_disabled", "true")


def with_a_wrong_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "not-the-secret")


@pytest.mark.long
@pytest.mark.parametrize("path", sorted(COMMANDS.keys() - LONG), ids=" ".join)
@pytest.mark.parametrize(
    ("wrong", "code", "told"),
    [(without_credentials, 2, "no credentials found"), (with_a_wrong_key, 3, "SignatureDoesNotMatch")],
)
def test_a_command_that_needs_the_cloud_says_in_one_sentence_that_no_key_is_good(
    informed: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    good: dict[str, str],
    path: commands.Path,
    wrong: Callable[[pytest.MonkeyPatch, Path], None],
    code: int,
    told: str,
) -> None:
    needed = with_needed(path, good)
    wrong(monkeypatch, tmp_path)

    ran = informed(*needed)

    assert "Traceback" not in ran.err
    if told in ran.err:
        check_refused(ran, needed)
        assert ran.code == code
    elif path == ("doctor",):  # it tells all that it finds, this too
        assert (ran.code, told in ran.out, ran.err) == (1, True, "")
    else:
        assert path not in NEED_THE_CLOUD, ran
        assert "SignatureDoesNotMatch" not in ran.out
