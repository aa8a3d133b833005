"""`certdeploy job`: preview, create and list deployment jobs; the commands about one job that exists."""

import typer

from cli.job_cancel import cancel
from cli.job_continue import continue_
from cli.job_create import create, preview
from cli.job_delete import delete
from cli.job_edit import edit
from cli.job_list import list_jobs
from cli.job_retry import retry
from cli.job_show import show
from cli.job_submit import diff, submit
from cli.rollback import rollback

app = typer.Typer(no_args_is_help=True)


@app.callback()
def job() -> None:
    """Preview, create, list, show, edit, submit, continue, cancel, retry, roll back and delete jobs."""


app.command(
    "preview", epilog="Example: certdeploy job preview --certificate 10741304 --domain '*.example.com'"
)(preview)
app.command(
    "create", epilog="Example: certdeploy job create --name shop-renewal --certificate 10741304 --wait"
)(create)


app.command("list", epilog="Example: certdeploy job list --status error --since 7d")(list_jobs)


_ID = "2112050694113648"
#: The commands about a job that exists, in the order of its life, each with an example of its options.
for command, options in (
    (show, "--status error"),
    (diff, ""),
    (edit, "--drop '*.test.example.com' --at 2026-05-01T02:00+08:00"),
    (submit, "--digest 5f1b0c4e9a7d2c38 --wait"),
    (continue_, "--wait"),
    (cancel, "--wait"),
    (retry, "--product CDN --wait"),
    (rollback, "--wait"),
    (delete, "3933171584362972"),
):
    name = command.__name__.rstrip("_")
    app.command(name, epilog=f"Example: certdeploy job {name} {_ID} {options}".rstrip())(command)
