"""`certdeploy status`: what needs a hand, on one screen, with an exit code for cron and CI."""

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from cli import concerns, exits, output
from cli.columns import AsJson
from cli.session import session
from shared.domain.queries import ShowStatus
from shared.services.status import Overview, overview_of
from shared.validation.spans import days_of


def status(
    ends_within: Annotated[
        str | None,
        typer.Option(
            help="Count every slot whose certificate ends within 30d, 2w or 12h as one that needs a hand."
            " Default: by the warning times, and only what is not replaced by itself in time."
        ),
    ] = None,
    max_age: Annotated[
        str, typer.Option(help="Longest time since the last scan and discovery, such as 1d or 12h.")
    ] = "1d",
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print nothing if all is well; for cron, which mails output.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what matters today. Exit 0 if all is well, 1 if something needs a hand. Changes nothing.

    Of the slots in scope: expired certificates, and those that end soon and are not replaced by themselves;
    failed jobs, drafts that wait for approval, jobs that are due and do not run; products and regions that
    could not be read; the age of the last scan and discovery.
    """
    asked = ShowStatus(
        ends_within_days=None if ends_within is None else days_of(ends_within, "--ends-within"),
        max_age_days=days_of(max_age, "--max-age"),
    )
    found = overview_of(session().world(), asked)
    if as_json:
        output.show_json(found)
    elif found.needs_hand or not quiet:
        _show(found)
    if found.needs_hand:
        raise typer.Exit(exits.FAILED)


def _show(found: Overview) -> None:
    screen = output.console()
    ages = f"CAS read {_ago(found.scanned_at, found.at)}, products {_ago(found.discovered_at, found.at)}"
    screen.print(Text(f"{found.slots:,} slots, {found.certificates:,} certificates; {ages}"))
    for concern in found.concerns:
        concerns.show(concern)
    if not found.needs_hand:
        screen.print(Text("✓ nothing needs a hand", "bold green"))


def _ago(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "never"
    minutes = max(0, int((now - at) / timedelta(minutes=1)))
    if minutes < 120:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d ago"
