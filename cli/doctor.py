"""`certdeploy doctor`: what of an installation works, what does not, and what to do about it."""

import json
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from cli import exits, output
from cli.columns import AsJson
from cli.on_stack import FunctionRefusedError, named_stack
from cli.parameters import TEMPLATE
from cli.session import Session, located, session
from shared.errors import AppError, SettingsError
from shared.runtime.app import utc_now
from shared.runtime.doctor import check
from shared.runtime.settings import Settings, read_settings
from shared.services.doctor import Finding, Health, Mark
from shared.services.doctor.findings import error, warning
from shared.services.doctor.products import deadline_of
from shared.state.meta import check_whole
from shared.validation.requests import parse

_STYLES: Final = {Mark.OK: "green", Mark.UNKNOWN: "dim", Mark.WARNING: "yellow", Mark.ERROR: "bold red"}
_INDENT: Final = 9  #: the longest mark, and a gap


def doctor(
    patience: Annotated[
        float, typer.Option(min=1, max=600, help="Seconds; what takes longer is told as not looked at.")
    ] = 45,
    as_json: AsJson = False,
) -> None:
    """Check key, clock, CAS, each product and region, state, timers, contacts and TLS. Changes nothing.

    Products are asked with the key at hand, by the first calls of a discovery: each missing permission is
    told with the statement that a policy lacks. With --stack the stack's own function looks, from where it
    runs, and the last discovery tells what the roles could read. Exit 1 if something is an error.
    """
    with output.progress("Looking …"):
        found = _examined(patience)
    if as_json:
        output.show_json(found)
    else:
        _show(found)
    if not found.healthy:
        raise typer.Exit(exits.FAILED)


def _examined(patience_s: float) -> Health:
    if stack := named_stack():
        return _of_stack(stack, session, patience_s)
    try:
        settings = located(read_settings())
    except SettingsError as wrong:
        return Health.of(utc_now(), [error("settings", str(wrong), "nothing else is looked at before")])
    missing = tuple(_without_state(settings))
    if not missing:
        return health_of(Session(settings), patience_s)
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = settings.evolve(state=str(Path(folder) / "state.db"), ots_instance="")
        app = Session(elsewhere).app()
        return check(app, patience_s, own_calls=True, state=False, more=missing)


def health_of(current: Session, patience_s: float) -> Health:
    """Of an installation whose state is there: of a stack, or on this machine."""
    if current.stack:
        return _of_stack(current.stack, lambda: current, patience_s)
    return check(current.app(), patience_s, own_calls=True)


def _of_stack(stack: str, opened: Callable[[], Session], patience_s: float) -> Health:
    """As its own function finds it, with the network and the rights that functions have."""
    try:
        told = opened().call("check_installation", json.dumps({"PatienceS": patience_s}).encode())
        outside = tuple(_outside(stack, patience_s))
    except (AppError, FunctionRefusedError) as failed:
        todo = "is the stack there, and may this key invoke its functions? certdeploy ram print viewer"
        return Health.of(utc_now(), [error(f"stack {stack}", str(failed), todo)])
    inside = parse(Health, told)
    return Health.of(inside.at, (*outside, *inside.findings))


def _outside(stack: str, patience_s: float) -> Iterator[Finding]:
    """What the account tells of what the stack stands on, which no function may ask."""
    from cli.stacks import account, readiness  # which packages stacks, too: a third of a second

    where = replace(account.the_account(None), left_s=deadline_of(patience_s))
    try:
        found = where.ros.find(stack)
    except AppError:
        found = None  # it is no right of this key: the runtime is not known then
    runtime = found.parameters.get("Runtime", "") if found else ""
    template = TEMPLATE.read_text(encoding="utf-8")
    python = runtime.removeprefix("python")
    yield from readiness.of_account(where, template, python, runs=bool(found and not found.void))


def _without_state(settings: Settings) -> Iterator[Finding]:
    """Why there is no state to look at, if there is none. None is made."""
    if not settings.state:
        yield error("state", "CERTDEPLOY_STATE is not set", "name a file, or ots://INSTANCE")
    elif settings.tablestore is None and not Path(settings.state).exists():
        yield warning("state", f"{settings.state} is not there yet", "certdeploy scan makes it")
    else:
        try:
            check_whole(Session(settings).store, settings.state)
        except AppError as wrong:
            yield error("state", str(wrong), "see the state in docs/runbook.md")


def _show(found: Health) -> None:
    for finding in found.findings:
        _show_one(finding)
    counts = [(mark, sum(one.mark is mark for one in found.findings)) for mark in (Mark.ERROR, Mark.WARNING)]
    told = ", ".join(f"{n} {mark.value}{'' if n == 1 else 's'}" for mark, n in counts if n)
    output.console().print(Text(told or "nothing is wrong", "bold" if told else "bold green"))


def _show_one(finding: Finding) -> None:
    screen, mark = output.console(), finding.mark
    first, *others = _wrapped(f"{finding.about}: {finding.text}")
    screen.print(Text.assemble((f"{mark.value:<{_INDENT}}", _STYLES[mark]), first), soft_wrap=True)
    more = [*others, *(_wrapped(f"do: {finding.todo}") if finding.todo else ())]
    if finding.policy:  # whole, so that it can be copied
        more.append(finding.policy)
    for line in more:
        screen.print(Text(" " * _INDENT + line), soft_wrap=True)


def _wrapped(text: str) -> list[str]:
    """In a pipe one line, so that `grep` finds whole findings."""
    width = output.width()
    if width is None:
        return [text]
    return textwrap.wrap(text, max(20, width - _INDENT), break_long_words=False, break_on_hyphens=False)
