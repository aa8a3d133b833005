"""The columns of `resource list`."""

from datetime import datetime
from typing import Final

from cli import output
from cli.columns import Column
from cli.places import known_as, place, slot
from shared.services.map import MappedSlot
from shared.services.selection import is_uncovered, is_unknown

USUAL: Final = ("slot", "known-as", "names", "certificate", "expires", "best", "remarks")
_SAID: Final = frozenset({"scope", "obstacle", "first"})  #: rules that the remarks tell anyhow


def slot_columns(now: datetime) -> list[Column[MappedSlot]]:
    return [
        Column("slot", "Slot", slot, lambda one: one.slot),
        Column("known-as", "Known as", known_as, place, wrap=True),
        Column("product", "Product", lambda one: one.product.value),
        Column("account", "Account", lambda one: one.account or "own"),
        Column("region", "Region", lambda one: one.region or one.location or "-"),
        Column("instance", "Instance", lambda one: one.instance_id),
        Column("names", "Names", lambda one: output.names(one.domains), wrap=True),
        Column(
            "certificate",
            "Certificate",
            lambda one: output.short(output.handle(one.cert_identifier)),
            lambda one: one.cert_identifier,
        ),
        Column("cert-name", "Name in CAS", lambda one: one.cert_name, wrap=True),
        Column(
            "expires", "Expires", lambda one: output.ends(one.cert_not_after, now), _end_of_present, wrap=True
        ),
        Column("best", "Best in CAS", _best, lambda one: one.best_cert_identifier, wrap=True),
        Column("served-at", "Served at", lambda one: one.endpoint),
        Column("remarks", "Remarks", remarks, wrap=True),
    ]


def _end_of_present(mapped: MappedSlot) -> str:
    return mapped.cert_not_after.isoformat() if mapped.cert_not_after else ""


def _best(mapped: MappedSlot) -> str:
    if not mapped.best_cert_identifier:
        return "none by itself" if mapped.kept_away else "none"
    if mapped.best_cert_identifier == mapped.cert_identifier:
        return "in place"
    return f"{output.short(mapped.best_cert_identifier)} ({mapped.best_not_after:%Y-%m-%d})"


def remarks(mapped: MappedSlot) -> str:
    found = []
    if mapped.not_seen_since:
        found.append(f"not seen since {output.moment(mapped.not_seen_since)} UTC")
    if mapped.obstacle:
        found.append(mapped.obstacle)
    elif not mapped.https:
        found.append("HTTPS is off")
    elif not mapped.cert_identifier:
        found.append("no certificate")
    if (placed := mapped.drifted_from) is not None:
        put = output.short(placed.cert_identifier) or "no certificate"
        found.append(f"changed since job {placed.job_id} put {put} there")
    if is_unknown(mapped):
        found.append("CAS does not know the certificate in place")
    if mapped.not_covered:
        found.append(f"nothing in CAS covers {output.names(mapped.not_covered)}")
    elif is_uncovered(mapped):
        found.append("no single certificate in CAS covers all of its names")
    elif (kept := mapped.kept_away) and kept.rule not in _SAID:
        found.append(f"{output.short(kept.cert_identifier)} does not go there by itself: {kept.reason}")
    return "; ".join(found)
