"""The columns of `certificate list`, and its table."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from rich.text import Text

from cli import columns, output
from cli.columns import Column
from shared.domain.certificates import CertificateSource
from shared.services.lists import CertificateList, ListedCertificate
from shared.services.selection import SOON

USUAL: Final = ("certificate", "name", "names", "key", "class", "expires")


def certificate_columns(now: datetime) -> list[Column[ListedCertificate]]:
    return [
        Column("certificate", "Certificate", _handle, lambda one: one.identifier),
        Column("name", "Name", lambda one: one.name, wrap=True),
        Column("names", "Names", lambda one: output.names(one.names), wrap=True),
        Column("key", "Key", lambda one: one.algorithm),
        Column("class", "Class", _class, wrap=True),
        Column(
            "expires",
            "Expires",
            lambda one: output.ends(one.not_after, now),
            lambda one: one.not_after.isoformat(),
            wrap=True,
        ),
        Column("issuer", "Issuer", lambda one: one.standing.issuer, wrap=True),
        Column("store", "Store", lambda one: one.store),
        Column("why-not", "Not deployable", lambda one: one.why_not or "", wrap=True),
    ]


def show_list(shown: Sequence[Column[ListedCertificate]], found: CertificateList, now: datetime) -> None:
    output.console().print(_summary(found, now))
    if found.certificates:
        output.console().print()
        columns.show(shown, found.certificates)
    held_back = [one for one in found.certificates if one.why_not]
    if held_back and "why-not" not in {column.name for column in shown}:
        by_name = {column.name: column for column in certificate_columns(now)}
        columns.show([by_name["certificate"], by_name["why-not"]], held_back, title="\nNot deployable")


def _summary(found: CertificateList, now: datetime) -> str:
    ends = [one.not_after for one in found.certificates]
    told = [
        f"{number:,} {what}"
        for number, what in (
            (sum(end <= now for end in ends), "expired"),
            (
                sum(now < end <= now + timedelta(days=SOON) for end in ends),
                f"ending within {SOON:g} days",
            ),
            (sum(one.why_not is not None for one in found.certificates), "not deployable"),
        )
        if number
    ]
    others = f" ({found.left_out:,} others left out)" if found.left_out else ""
    return f"{len(ends):,} certificates{others}{': ' if told else ''}{', '.join(told)}"


def _handle(one: ListedCertificate) -> str:
    return output.short(one.identifier)


def _class(one: ListedCertificate) -> str | Text:
    bought = "bought, " * (one.source is CertificateSource.BUY)
    return f"{bought}{one.standing}"
