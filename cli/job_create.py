"""`certdeploy job preview` and `job create`: what a job would change, and a new job."""

from typing import Annotated

import typer

from cli import output
from cli.asked import created, managed
from cli.asking import tell_and_ask
from cli.columns import AsJson, check_given
from cli.concerns import show_not_seen, tell_not_seen
from cli.given import moment_of
from cli.grouped import grouped
from cli.job_end import DuringFreeze, Wait, Watch, check_can_wait, end
from cli.job_tables import show_plan
from cli.selecting import Selected
from cli.session import session
from cli.waving import Waved
from shared.domain.requests import CreateDeploymentJob
from shared.errors import InvalidRequestError
from shared.validation.requests import parse

Second = Annotated[
    bool,
    typer.Option("--require-approval", help="Require another person to submit the draft."),
]


@grouped
def preview(selected: Selected, waved: Waved, as_json: AsJson = False) -> None:
    """Show what a job would change, and what it would leave alone and why. Changes nothing.

    It knows the slots that discovery has found, and tells where others may be.
    Exits with 2 if nothing would be deployed.
    Options that choose slots narrow them down together; of several values of one option, one has to fit.
    """
    world = session().world()
    result = managed(world, {"Preview": {**selected.request(world), **waved.request()}})
    if as_json:
        output.show_json(result)
    elif result.plan is not None and result.quota is not None and result.expected is not None:
        show_plan(result.plan, result.quota, result.expected)
        show_not_seen(result.not_seen or ())
    if result.plan is not None and not result.plan.deployments:
        near = "what comes near is left alone" if result.plan.entries else "no slot serves a name of it"
        raise InvalidRequestError(f"nothing to deploy: {near}")


@grouped
def create(
    *,
    name: Annotated[str, typer.Option(help="Display name of the job.")],
    selected: Selected,
    digest: Annotated[
        str | None,
        typer.Option(help="Digest of the approved preview; the job is refused if the plan has changed."),
    ] = None,
    waved: Waved,
    during_freeze: DuringFreeze = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before a job of more than a hundred slots.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(help="Start time with its zone, such as 2026-05-01T02:00+08:00. Default: now."),
    ] = None,
    contact: Annotated[
        list[int] | None,
        typer.Option("--contact", help="Id of a contact that is told how it ends; may be repeated."),
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Create the job as a draft and do not submit it.")
    ] = False,
    require_approval: Second = False,
    wait: Wait = False,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Create a job and, unless it is a draft, submit it.

    Options that choose slots narrow them down together; of several values of one option, one has to fit.
    Tells what changes beside the certificates, and where slots may be that discovery has not seen. Asks
    before a job of more than a hundred slots.
    """
    check_given("--digest", digest)
    current = session()
    if wait or watch:
        check_can_wait(current, draft)
    world = current.world()
    asked = {**selected.request(world), **waved.request()}
    planned = managed(world, {"Preview": asked})
    request = {
        "Name": name,
        "Submit": not draft,
        **asked,
        "DuringFreeze": during_freeze,
        "RequireApproval": require_approval,
        "Digest": digest or planned.digest,
        "ContactIds": contact or [],
        **({"ScheduleTime": moment_of(at)} if at is not None else {}),
    }
    parse(CreateDeploymentJob, request)
    if planned.plan is not None:
        tell_not_seen(planned.not_seen or ())
        tell_and_ask(planned.plan, approved=yes or draft or digest is not None, as_json=as_json)
    job = created(world, request)
    if not current.served and not draft:
        output.tell("the job starts as soon as `certdeploy serve` runs")
    end(world, job, wait or watch, as_json, lines=watch)
