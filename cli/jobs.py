"""`certdeploy job`: preview, create and list deployment jobs; the commands about one job that exists."""

from typing import Annotated, Any

import typer

from cli import output
from cli.asking import tell_and_ask
from cli.columns import check_given
from cli.given import cert_ids_of, moment_of
from cli.job_cancel import cancel
from cli.job_delete import delete
from cli.job_edit import edit
from cli.job_end import Wait, Watch, check_can_wait, end, managed
from cli.job_retry import retry
from cli.job_show import show
from cli.job_submit import diff, submit
from cli.job_tables import show_jobs, show_plan
from cli.places import slot_named
from cli.rollback import rollback
from cli.session import session
from shared.domain.requests import CreateDeploymentJob
from shared.domain.states import JobStatus
from shared.services.create import create_deployment_jobs
from shared.services.world import World
from shared.validation.requests import parse

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Certificates = Annotated[
    list[str], typer.Option("--certificate", help="Id of a certificate in CAS; may be repeated.")
]
Slots = Annotated[
    list[str] | None,
    typer.Option(
        "--resource",
        help="Slot to deploy to, as `resource list` shows it; may be repeated. Default: all that match.",
    ),
]
First = Annotated[
    bool,
    typer.Option(
        "--first-deployment", help="Also deploy where HTTPS is off, and switch it on (CDN and DCDN only)."
    ),
]
Outage = Annotated[
    bool,
    typer.Option(
        "--accept-outage",
        help="Allow a short outage where a product must remove the old certificate first.",
    ),
]


@app.callback()
def job() -> None:
    """Preview, create, list, show, edit, submit, cancel, retry, roll back and delete deployment jobs."""


@app.command("preview", epilog="Example: certdeploy job preview --certificate 10741304")
def preview(
    certificate: Certificates,
    resource: Slots = None,
    first_deployment: First = False,
    accept_outage: Outage = False,
    as_json: AsJson = False,
) -> None:
    """Show what a job would change, and what it would leave alone and why. Changes nothing."""
    world = session().world()
    asked = _selection(world, certificate, resource, first_deployment, accept_outage)
    result = managed(world, {"Preview": asked})
    if as_json:
        output.show_json(result)
    elif result.plan is not None:
        show_plan(result.plan)


@app.command(
    "create", epilog="Example: certdeploy job create --name shop-renewal --certificate 10741304 --wait"
)
def create(
    name: Annotated[str, typer.Option(help="Display name of the job.")],
    certificate: Certificates,
    resource: Slots = None,
    first_deployment: First = False,
    accept_outage: Outage = False,
    digest: Annotated[
        str | None,
        typer.Option(help="Digest of the approved preview; the job is refused if the plan has changed."),
    ] = None,
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
    wait: Wait = False,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Create a job and, unless it is a draft, submit it.

    Tells what changes beside the certificates, and asks before a job of more than a hundred slots.
    """
    check_given("--digest", digest)
    current = session()
    if wait or watch:
        check_can_wait(current, draft)
    world = current.world()
    asked = _selection(world, certificate, resource, first_deployment, accept_outage)
    planned = managed(world, {"Preview": asked})
    request = {
        "Name": name,
        "Submit": not draft,
        **asked,
        "Digest": digest or planned.digest,
        "ContactIds": contact or [],
        **({"ScheduleTime": moment_of(at)} if at is not None else {}),
    }
    to_create = parse(CreateDeploymentJob, request)
    if planned.plan is not None:
        tell_and_ask(planned.plan, approved=yes or draft or digest is not None, as_json=as_json)
    created = create_deployment_jobs(world, to_create).jobs[0]
    if current.running is None and not draft:
        output.tell("the job starts as soon as `certdeploy serve` runs")
    end(world, created, wait or watch, as_json, lines=watch)


@app.command("list", epilog="Example: certdeploy job list --status error")
def list_jobs(
    status: Annotated[JobStatus | None, typer.Option(help="List only jobs with this status.")] = None,
    as_json: AsJson = False,
) -> None:
    """List all jobs, oldest first."""
    result = managed(session().world(), {"List": {"Status": status.value} if status else {}})
    if as_json:
        output.show_json(result)
    else:
        show_jobs(result.jobs or ())


def _selection(
    world: World, certificates: list[str], slots: list[str] | None, first: bool, outage: bool
) -> dict[str, Any]:
    return {
        "CertIds": cert_ids_of(certificates),
        "ResourceIds": [slot_named(world, text) for text in slots or []],
        "FirstDeployment": first,
        "AcceptOutage": outage,
    }


_ID = "2112050694113648"
#: The commands about a job that exists, in the order of its life, each with an example of its options.
for command, options in (
    (show, "--status error"),
    (diff, ""),
    (edit, "--drop '*.test.example.com' --at 2026-05-01T02:00+08:00"),
    (submit, "--digest 5f1b0c4e9a7d2c38 --wait"),
    (cancel, "--wait"),
    (retry, "--product CDN --wait"),
    (rollback, "--wait"),
    (delete, "3933171584362972"),
):
    name = command.__name__
    app.command(name, epilog=f"Example: certdeploy job {name} {_ID} {options}".rstrip())(command)
