"""What came before a certificate and after it, as tables."""

from collections.abc import Sequence
from datetime import datetime

from cli import output
from shared.services.renewals import Renewal, Renewals


def show_renewals(renewals: Renewals, now: datetime) -> None:
    if not renewals.before:
        output.console().print("\nCAS has no earlier certificate for the same names with its kind of key.")
    _show("Renewals before it", renewals.before, renewals.more_before, now)
    _show("Renewals after it", renewals.after, renewals.more_after, now)


def _show(title: str, side: Sequence[Renewal], more: int, now: datetime) -> None:
    if not side:
        return
    table = output.table(
        "Certificate", "Name", "Valid from", "Expires", "Served by",
        title=f"\n{title}", wrap=("Name", "Expires"),
    )  # fmt: skip
    for one in side:
        output.row(
            table,
            output.short(one.cert_identifier),
            one.name,
            f"{one.not_before:%Y-%m-%d}",
            output.ends(one.not_after, now),
            _slots(one.serving),
        )
    output.show(table)
    if more:
        output.console().print(f"{more:,} more, further away, that no slot serves")


def _slots(number: int) -> str:
    return f"{number:,} {'slot' if number == 1 else 'slots'}" if number else "no slot"
