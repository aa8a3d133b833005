"""`certdeploy policy`: show, check and set the owner's policies."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from cli import output
from cli.asked import managed_installation
from cli.session import session
from shared.domain.visible import visible
from shared.errors import InvalidRequestError
from shared.services.policies import checked_policies, policies_of, stored_policies
from shared.services.policy_effects import PolicyEffects, SetApart, effects_of
from shared.services.world import World
from shared.validation.policies import LONGEST_TEXT

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
File = Annotated[Path, typer.Argument(help="YAML file with the policies; see docs/policies.md.")]
_ALIKE = 5  #: slots with the same words that are shown each


@app.callback()
def policy() -> None:
    """Show, check and set what automatic jobs may do where."""


@app.command("show", epilog="Example: certdeploy policy show")
def show(as_json: AsJson = False) -> None:
    """Print the stored policies as they were written, comments included."""
    world = session().world()
    stored = stored_policies(world)
    if as_json:
        output.show_json(stored or {})
    elif stored is None:
        output.tell("no policies are stored; `certdeploy policy set FILE` stores some")
    else:
        print(visible(stored.text, keep="\n\t"), end="" if stored.text.endswith("\n") else "\n")
        output.tell(f"version {stored.version}, set {output.moment(stored.set_at)} UTC")
        if why := policies_of(world).unreadable:
            output.tell(f"automatic jobs are stopped: {why}")


@app.command("check", epilog="Example: certdeploy policy check docs/policies.yaml")
def check(file: File, as_json: AsJson = False) -> None:
    """Validate policies and show what they would do to today's slots. Changes nothing."""
    _show(_effects(session().world(), _read(file)), as_json)


@app.command("set", epilog="Example: certdeploy policy set docs/policies.yaml")
def set_policies(
    file: File,
    if_version: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=2**63 - 1,
            help="Version that is to be replaced, as `policy show` tells it; refused if it is another.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Validate policies, show what they do to today's slots, and store them in place of the earlier ones."""
    world = session().world()
    version = world.policy_texts.version() if if_version is None else if_version
    text = _read(file)
    effects = _effects(world, text)
    stored = managed_installation(world, {"SetPolicies": {"Text": text, "Version": version}}).policies
    assert stored is not None, "it is answered with what is stored"
    _show(effects, as_json)
    output.tell(f"stored as version {stored.version}; the next automatic plan keeps to it")


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(LONGEST_TEXT + 1).decode("utf-8-sig")
    except OSError as error:
        raise InvalidRequestError(f"{file}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InvalidRequestError(f"{file}: is not text in UTF-8") from None


def _effects(world: World, text: str) -> PolicyEffects:
    return effects_of(world, checked_policies(world, text))


def _show(effects: PolicyEffects, as_json: bool) -> None:
    if as_json:
        output.show_json(effects)
        return
    if effects.rules:
        rules = output.table("Rule", "Sets", "Slots", "Certificates", wrap=("Rule", "Sets"))
        for one in effects.rules:
            output.row(rules, one.rule, one.sets, str(one.slots), str(one.certificates or ""))
        output.show(rules)
    _show_apart(effects.set_apart)
    counts = effects.counts
    output.console().print(
        f"\n{effects.slots} slots: {counts['off']} off, {counts['draft']} draft, {counts['pinned']} pinned,"
        f" {counts['first']} first deployment, {counts['outage']} outage accepted,"
        f" {counts['approval']} approval required, {counts['contacts']} contacts of their own,"
        f" {counts['engine']} engine of their own"
    )
    for warning in effects.warnings:
        output.tell(f"note: {warning}")
    if not effects.slots:
        output.tell("note: nothing has been discovered yet; `certdeploy discover` finds the slots")


def _show_apart(some: Iterable[SetApart]) -> None:
    found: dict[tuple[str, str], list[str]] = {}
    for one in some:
        found.setdefault((one.what, one.by), []).append(one.slot)
    if not found:
        return
    table = output.table("Slot", "What", "By", title="\nSet apart", wrap=("Slot", "What", "By"))
    for (what, by), slots in found.items():
        for slot in slots[:_ALIKE]:
            output.row(table, slot, what, by)
        if len(slots) > _ALIKE:
            output.row(table, f"{len(slots) - _ALIKE} more (--json lists them)", what, by)
    output.show(table)
