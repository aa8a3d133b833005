"""`certdeploy job list`: jobs, by what they have in common."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import typer

from cli import columns, output
from cli.asked import managed
from cli.columns import AsCsv, AsJson, Column, check_each_given, check_given
from cli.given import moment_of
from cli.session import session
from shared.domain.requests import JobOrder
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from shared.errors import InvalidRequestError
from shared.services.outcome import ListedJob
from shared.validation.spans import days_of

USUAL: Final = ("job", "name", "status", "due", "certificates", "slots", "done")


def list_jobs(
    status: Annotated[JobStatus | None, typer.Option(help="List only jobs with this status.")] = None,
    product: Annotated[
        list[CloudProduct] | None,
        typer.Option(help="List only jobs with slots of this product; may be repeated."),
    ] = None,
    certificate: Annotated[
        str | None, typer.Option(help="List only jobs that deploy the certificate with this id.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="List only jobs created since then: 7d, 12h, or 2026-05-01T02:00+08:00."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="List only jobs with such a name, such as 'shop-*'; may be repeated."),
    ] = None,
    sort: Annotated[JobOrder, typer.Option(help="Sort the rows by this column.")] = JobOrder.CREATED,
    reverse: Annotated[bool, typer.Option("--reverse", help="Reverse the order of the rows.")] = False,
    column: Annotated[
        str | None,
        typer.Option(
            "--columns",
            help="Show these columns, separated by commas: job, name, status, due, created, ended, origin,"
            " products, certificates, slots, done, failed, cancelled.",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List jobs, oldest first.

    Options narrow the list down together; of several values of one option, one has to fit.
    """
    columns.check_form(as_json, as_csv)
    check_given("--certificate", certificate)
    check_each_given(name=name)
    shown = columns.chosen(job_columns(), column, USUAL)
    world = session().world()
    asked: dict[str, Any] = {
        **({"Status": status.value} if status else {}),
        **({"Since": _since(since, world.clock())} if since is not None else {}),
        "Products": [one.value for one in product or []],
        "Certificate": certificate or "",
        "Names": name or [],
        "Sort": sort.value,
        "Reverse": reverse,
    }
    result = managed(world, {"List": asked})
    if as_json:
        output.show_json(result)
    elif as_csv:
        columns.write_csv(shown, result.jobs or ())
    else:
        columns.show(shown, result.jobs or ())


def job_columns() -> list[Column[ListedJob]]:
    return [
        Column("job", "Job", lambda job: str(job.job_id)),
        Column("name", "Name", lambda job: job.name, wrap=True),
        Column("status", "Status", lambda job: output.status(job.outcome)),
        Column("due", "Due (UTC)", _shown("schedule_time"), _plain("schedule_time")),
        Column("created", "Created (UTC)", _shown("created_at"), _plain("created_at")),
        Column("ended", "Ended (UTC)", _shown("finished_at"), _plain("finished_at")),
        Column("origin", "Origin", lambda job: job.origin, wrap=True),
        Column("products", "Products", _products, wrap=True),
        Column(
            "certificates",
            "Certificates",
            lambda job: ", ".join(map(output.short, job.cert_identifiers)),
            lambda job: " ".join(job.cert_identifiers),
            wrap=True,
        ),
        Column("slots", "Slots", lambda job: str(job.worker_count)),
        Column("done", "Done", _done, lambda job: str(job.success_count)),
        Column("failed", "Failed", lambda job: str(job.error_count)),
        Column("cancelled", "Cancelled", lambda job: str(job.cancelled_count)),
    ]


def _since(text: str, now: datetime) -> str:
    """Raises InvalidRequestError: it is neither a span nor a time with its zone."""
    if "-" in text.strip()[1:]:
        return moment_of(text, "--since")
    try:
        return (now - timedelta(days=days_of(text, "--since"))).isoformat()
    except OverflowError:
        raise InvalidRequestError(f"--since {text!r}: before there were clocks") from None


def _shown(field: str) -> Any:
    return lambda job: output.moment(at) if (at := getattr(job, field)) else ""


def _plain(field: str) -> Any:
    return lambda job: at.isoformat() if (at := getattr(job, field)) else ""


def _products(job: ListedJob) -> str:
    return ", ".join(f"{product.value} {count}" for product, count in sorted(job.products.items()))


def _done(job: ListedJob) -> str:
    if not job.status.final:
        return ""
    counts = (
        (job.error_count, "failed"),
        (job.cancelled_count, "cancelled"),
    )
    ended = " + ".join([str(job.success_count), *(f"{count} {word}" for count, word in counts if count)])
    # these are slots of those before, and not some more
    back = f"; {job.rolled_back_count} put back" if job.rolled_back_count else ""
    return (
        f"{ended}{back}; {job.rollback_error_count} not put back"
        if job.rollback_error_count
        else ended + back
    )
