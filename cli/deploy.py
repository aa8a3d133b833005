"""`certdeploy deploy`: the stack on Function Compute, made or brought up to date."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import exits, output
from cli.asking import confirm
from cli.columns import AsJson, check_given
from cli.on_stack import FunctionRefusedError
from cli.package import REPOSITORY
from cli.parameters import TEMPLATE, parameters
from cli.stacks import plan as plans
from cli.stacks.account import stack_name, the_account
from cli.stacks.deploying import Deploying, DeploymentError, pieces_in
from cli.stacks.given import said_before
from cli.stacks.objects import check_bucket
from cli.stacks.ros import StackState
from cli.stacks.screen import Followed
from shared.errors import AppError, InvalidRequestError
from shared.services.doctor import Mark
from stack.package import package
from stack.target import VERSIONS, target_of

Name = Annotated[
    str | None,
    typer.Option(
        "--name", help="Name of the stack, which its functions' names begin with. Default: certdeploy."
    ),
]
Region = Annotated[str | None, typer.Option("--region", help="Region of the stack. Default: cn-hangzhou.")]


def deploy(
    name: Name = None,
    region: Region = None,
    plan_only: Annotated[
        bool, typer.Option("--plan", help="Show what would be done, and end. Changes nothing in the account.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    parameter: Annotated[
        list[str] | None,
        typer.Option(help="Parameter of template.yml as Name=value, such as AutoDeploy=draft; repeatable."),
    ] = None,
    parameter_file: Annotated[
        Path | None, typer.Option(help="File with such parameters, one a line; for those that are secret.")
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(help=f"Runtime: {' or '.join(VERSIONS)}. Default: the stack's, or else {VERSIONS[0]}."),
    ] = None,
    objects: Annotated[
        Path | None,
        typer.Option(help="Folder with objects that `certdeploy package` made. Default: they are made anew."),
    ] = None,
    bucket: Annotated[
        str | None,
        typer.Option(
            help="Bucket for the objects. Default: the stack's, or else certdeploy-ACCOUNT-REGION, which is"
            " made if absent."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the stack in your account, or bring it to what this clone of the repository says.

    Packages the functions, shows what would be created, changed, replaced and removed, and asks. A
    deployment that failed half-way is deployed again with the same command. What was given to the stack
    before, and is not given now, stays.
    """
    check_given("--bucket", bucket)
    check_bucket(bucket)
    own = parameters(parameter or [], parameter_file, variables=False)
    called_, account = stack_name(name), the_account(region)
    if python is not None:
        target_of(python)  # refused before the account is asked
    with output.progress("Asking ROS …"):
        python, bucket = said_before(account.ros.find(called_), python, bucket)
    with output.progress("Packaging …"):
        pieces = pieces_in(_packaged(objects, python), target_of(python).version)
    screen = Followed()
    with screen.following("Asking ROS …"):
        work = Deploying(
            account,
            called_,
            TEMPLATE,
            bucket=bucket,
            python=python,
            pieces=pieces,
            own=own,
            tell=output.tell,
            on_events=screen.tell,
        )
        plan = work.plan()
    if plan.made_anew:
        raise DeploymentError(
            f"this would make anew what holds the state: {', '.join(plan.made_anew)}; nothing was changed."
            " Deploy under another name, or move the state first (`certdeploy state export`)"
        )
    if as_json and (plan_only or plan.nothing):
        output.show_json(plan.as_json)
    elif not as_json:
        plans.show(plan)
    if plan.nothing:
        output.tell("nothing to do: the stack is as this clone says")
        return
    if plan_only:
        return
    if not yes:
        confirm("Do this?", as_json)
    with screen.following("Deploying …"):
        state = work.carry_out(plan)
    _ran(work, first=plan.first)
    _tell(state, as_json, plan.as_json)


def _packaged(objects: Path | None, python: str) -> Path:
    if objects is not None:
        if not objects.is_dir():
            raise InvalidRequestError(f"--objects {objects}: there is no such folder")
        return objects
    made = Path("dist")
    package(REPOSITORY, target_of(python), made)
    return made


def _ran(work: Deploying, *, first: bool) -> None:
    """Exit 1 if the stack is there and does not work: that is no success."""
    try:
        if first:
            work.first_run()
        with output.progress("Looking it over from inside …"):
            health = work.health()
    except (AppError, FunctionRefusedError) as error:
        output.tell(f"certdeploy: the stack is there, but its functions do not work yet: {error}")
        raise typer.Exit(exits.FAILED) from None
    for finding in health.findings:
        if finding.mark is Mark.ERROR:
            output.tell(f"{finding.about}: {finding.text}; do: {finding.todo or 'see docs/runbook.md'}")


def _tell(state: StackState, as_json: bool, planned: dict[str, Any]) -> None:
    if as_json:
        output.show_json({**planned, "Status": state.status, "Outputs": dict(state.outputs)})
        return
    output.tell(f"stack {state.name} is {state.status}")
    output.tell(f"look at it: certdeploy --stack {state.name} doctor; certdeploy --stack {state.name} status")
