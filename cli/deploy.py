"""`certdeploy deploy`: the stack on Function Compute, made or brought up to date."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import exits, output
from cli.asking import confirm
from cli.columns import AsJson, check_given
from cli.on_stack import FunctionRefusedError
from cli.package import REPOSITORY, tell_uncompiled
from cli.parameters import TEMPLATE, parameters
from cli.stacks import plan as plans
from cli.stacks import readiness, releases
from cli.stacks.account import Account, stack_name, the_account
from cli.stacks.deploying import Deploying, DeploymentError, late, rights_named
from cli.stacks.given import check_own, said_before
from cli.stacks.objects import bucket_of, check_bucket
from cli.stacks.releases import Release
from cli.stacks.ros import StackState
from cli.stacks.screen import Followed
from cli.stacks.templates import parameters_of
from shared.errors import AppError, InvalidRequestError
from shared.services.doctor import Finding, Mark
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
    release: Annotated[
        str | None,
        typer.Option(help="Go back to what was deployed before, by its id: `certdeploy stack` lists them."),
    ] = None,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Do not look first at whether the account is ready.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the stack in your account, or bring it to what this clone of the repository says.

    Looks at the account, packages the functions, shows what would be created, changed, replaced and removed,
    and asks. A deployment that failed half-way is deployed again with the same command. What was given to the
    stack before, and is not given now, stays.
    """
    check_given("--bucket", bucket)
    check_given("--release", release)
    check_bucket(bucket)
    if release is not None and (objects or python):
        raise InvalidRequestError(
            "--release: it has its own objects and runtime; leave out --objects, --python"
        )
    own = parameters(parameter or [], parameter_file, variables=False)
    template = TEMPLATE.read_text(encoding="utf-8")
    if release is None:
        check_own(parameters_of(template), own)
    called_, account = stack_name(name), the_account(region)
    if python is not None:
        target_of(python)  # refused before the account is asked
    with rights_named(f"{called_}{account.said}"):
        with output.progress("Asking ROS …"):
            stack = account.ros.find(called_)
        python, bucket = said_before(stack, python, bucket)
        if not unchecked:
            with output.progress("Looking at the account …"):
                before = stack.parameters.get("OtsInstance", "") if stack else ""
                found = [
                    *readiness.of_account(account, template, python, runs=_runs(stack, python)),
                    *readiness.of_rights(account, called_, own.get("OtsInstance") or before),
                ]
            _check(found, new=stack is None)
        wanted = _wanted(account, called_, bucket, python, objects, release)
        screen = Followed()
        with screen.following("Asking ROS …"):
            work = Deploying(
                account,
                called_,
                wanted,
                bucket=bucket,
                own=own,
                tell=output.tell,
                on_events=screen.tell,
            )
            plan = work.plan()
        if plan.made_anew:
            raise DeploymentError(
                f"this would make anew what holds the state: {', '.join(plan.made_anew)}; nothing was"
                " changed. Deploy under another name, or move the state first (`certdeploy state export`)"
            )
        if as_json and (plan_only or plan.nothing):
            output.show_json(plan.as_json)
        elif not as_json:
            plans.show(plan)
        if plan.nothing:
            output.tell(
                f"nothing to do: the stack is as {f'release {release}' if release else 'this clone'} says"
            )
            if not plan_only:
                _ran(work, first=False)
            return
        if plan_only:
            return
        if not yes:
            confirm("Do this?", as_json)
        with screen.following("Deploying …"):
            state = work.carry_out(plan)
        _ran(work, first=plan.first)
        _tell(state, as_json, plan.as_json, account.said)


def _runs(stack: StackState | None, python: str) -> bool:
    """Whether a stack is made of this runtime already."""
    return stack is not None and not stack.void and stack.parameters.get("Runtime") == f"python{python}"


def _check(found: list[Finding], *, new: bool) -> None:
    """Raises DeploymentError: something is in the way. `new`: there is no stack yet, so all is told."""
    shown = [one for one in found if one.mark is not Mark.OK and (new or one.mark is not Mark.UNKNOWN)]
    for finding in shown:
        output.tell_whole(_told(finding))
    if wrong := sum(one.mark is Mark.ERROR for one in found):
        raise DeploymentError(
            f"{wrong} of this {'is' if wrong == 1 else 'are'} in the way; nothing was changed (with"
            " --unchecked it is not looked at)"
        )


def _told(finding: Finding) -> str:
    return f"{finding.about}: {finding.text}{f'; do: {finding.todo}' if finding.todo else ''}"


def _wanted(
    account: Account, name: str, bucket: str, python: str, objects: Path | None, release: str | None
) -> Release:
    """Raises InvalidRequestError, NotFoundError, SettingsError: there is none, or not whole any more."""
    if release is not None:
        with output.progress("Asking OSS …"):
            where = bucket or bucket_of(account.id, account.region)
            return releases.of_bucket(account.objects, where, account.region, name, release)
    if objects is not None and not objects.is_dir():
        raise InvalidRequestError(f"--objects {objects}: there is no such folder")
    target = target_of(python)
    if objects is None:
        objects = Path("dist")
        with output.progress("Packaging …"):
            made = package(REPOSITORY, target, objects)
        tell_uncompiled(made)
    return releases.of_clone(TEMPLATE, objects, target.version)


def _ran(work: Deploying, *, first: bool) -> None:
    """Exit 1 if the stack is there and does not work: that is no success.

    `first`: nothing has run yet for sure; else what has never run, or long not, is run now.
    """
    try:
        if first:
            work.read_all(first=True)
        with output.progress("Looking it over from inside …"):
            health = work.health()
        if not first and late(health):
            work.read_all(first=False)
    except (AppError, FunctionRefusedError) as error:
        output.tell(f"certdeploy: the stack is there, but its functions do not work yet: {error}")
        raise typer.Exit(exits.FAILED) from None
    for finding in health.findings:
        if finding.mark is Mark.ERROR:
            output.tell_whole(_told(finding))


def _tell(state: StackState, as_json: bool, planned: dict[str, Any], said: str) -> None:
    if as_json:
        output.show_json({**planned, "Status": state.status, "Outputs": dict(state.outputs)})
        return
    output.tell(f"stack {state.name} is {state.status}")
    it = f"certdeploy --stack {state.name}{said}"
    output.tell(f"look at it: {it} doctor; {it} status")
