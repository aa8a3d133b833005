"""What clients of a slot are served, as a table."""

from datetime import datetime

from rich.text import Text

from cli import output
from shared.services.met import Met, MetName


def show_met(met: Met, now: datetime) -> None:
    if met.old:
        output.tell(f"what is in place may be old: {met.old}")
    if met.detail:
        output.console().print(f"\nNo handshake was made: {met.detail}.")
        return
    table = output.table(
        "Name", "Served", "Expires", "Clients", "Remarks",
        title=f"\nMet by handshakes from this machine at {output.moment(met.at)} UTC",
        wrap=("Name", "Expires", "Remarks"),
    )  # fmt: skip
    for one in met.names:
        end = output.ends(one.not_after, now) if one.not_after else Text("")
        output.row(table, one.server_name, _served(one), end, _clients(one), _remarks(one))
    output.show(table)
    if met.not_asked:
        output.console().print(f"{met.not_asked} more of its names were not asked")


def _served(one: MetName) -> str:
    if one.detail:
        return "none met"
    return output.short(one.cert_identifier) or f"unknown, {one.fingerprint[:12]}…"


def _clients(one: MetName) -> str:
    return {True: "trust it", False: "do not trust it", None: "" if one.detail else "not asked"}[one.trusted]


def _remarks(one: MetName) -> str:
    other = "not what the product told" if one.as_read is False else ""
    return "; ".join(filter(None, (other, one.why_not, one.detail)))
