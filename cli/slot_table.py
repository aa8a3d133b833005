"""One slot as tables."""

from collections.abc import Sequence
from datetime import datetime

from cli import output
from cli.job_tables import PLAIN
from cli.met import show_met
from cli.places import place
from cli.places import slot as slot_id
from shared.domain.certificates import CertificateSource
from shared.domain.replacing import key_of
from shared.services.history import Touched
from shared.services.slots import Candidate, SlotFacts


def show_facts(facts: SlotFacts, now: datetime) -> None:
    _show_place(facts, now)
    if facts.met is not None:
        show_met(facts.met, now)
    _show_candidates(facts, now)
    _show_history(facts)


def _show_candidates(facts: SlotFacts, now: datetime) -> None:
    if not facts.candidates:
        known = "no other certificate in CAS covers all of its names"
        output.console().print(f"\n{known if facts.resource.domains else 'its names are not known'}")
        return
    table = output.table(
        "Certificate", "Key", "Class", "Expires", "May replace it",
        title="\nCertificates in CAS that cover it", wrap=("Class", "Expires", "May replace it"),
    )  # fmt: skip
    for one in facts.candidates:
        output.row(
            table,
            output.short(one.cert_identifier),
            one.algorithm,
            _class(one),
            output.ends(one.not_after, now),
            f"yes: {one.reason}" if one.by_itself else f"not by itself: {one.reason}",
        )
    output.show(table)
    if facts.more_candidates:
        output.console().print(f"{facts.more_candidates} more that end sooner or cannot be deployed")


def _show_history(facts: SlotFacts) -> None:
    if facts.history:
        _show_touched(facts.history)
    else:
        output.console().print("\nNo job that is stored has touched it.")
    if (gone := facts.put_by_forgotten_job) is not None:
        put = output.short(gone.cert_identifier) or "no certificate"
        output.console().print(
            f"Job {gone.job_id}, which is stored no longer, put {put} there on {output.moment(gone.at)} UTC."
        )
    if facts.history_left_out:
        earlier = f"{facts.history_left_out:,} earlier jobs of {facts.resource.product.value}"
        output.console().print(
            f"{earlier} were not looked into; `job list --product {facts.resource.product.value}` lists them."
        )


def _show_touched(history: Sequence[Touched]) -> None:
    table = output.table(
        "Job", "Name", "At (UTC)", "Certificate", "Status", "Reason",
        title="\nJobs that touched it", wrap=("Name", "At (UTC)", "Certificate", "Reason"),
    )  # fmt: skip
    for one in history:
        output.row(
            table,
            str(one.job_id),
            one.job_name,
            output.moment(one.at),
            output.arrow(one.previous_cert_identifier, one.cert_identifier),
            output.status(one.status.value),
            one.reason or ("" if one.chosen_because in PLAIN else one.chosen_because),
        )
    output.show(table)


def _show_place(facts: SlotFacts, now: datetime) -> None:
    slot, present = facts.resource, facts.present
    table = output.table("", "", wrap=("",))
    table.show_header = False
    others = ", ".join(f"{output.short(one.cert_identifier)} ({one.algorithm})" for one in facts.beside)
    known = slot.cert_identifier and "not known to CAS"
    for what, fact in (
        ("Slot", slot_id(slot)),
        ("Known as", place(slot)),
        ("Names", output.names(slot.domains) + " (of its certificate)" * slot.domains_of_certificate),
        ("Other names", ", ".join(slot.other_names)),
        ("Instance", slot.instance_name or slot.instance_id),
        ("Served at", slot.endpoint),
        ("Seen", f"{output.moment(facts.seen_at)} UTC"),
        ("HTTPS", "" if slot.https else "off"),
        ("Certificate", output.short(output.handle(slot.cert_identifier)) or "none"),
        ("Name in CAS", present.name if present else known),
        ("Key", key_of(present) if present else ""),
        ("Trust", str(facts.standing or "")),
        ("Issuer", facts.standing.issuer if facts.standing else ""),
        ("Expires", output.ends(present.not_after if present else slot.cert_not_after, now)),
        ("Changed since", _drift(facts)),
        ("Beside it", others),
        ("Behind", slot.fronted_by),
        ("Left alone", slot.obstacle),
    ):
        if str(fact):
            output.row(table, what, fact)
    output.show(table)


def _drift(facts: SlotFacts) -> str:
    if (placed := facts.drifted_from) is None:
        return ""
    put = output.short(placed.cert_identifier) or "no certificate"
    return f"job {placed.job_id} put {put} there on {output.moment(placed.at)} UTC"


def _class(one: Candidate) -> str:
    bought = "bought, " * (one.source is CertificateSource.BUY)
    return f"{bought}{one.standing}"
