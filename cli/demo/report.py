"""The demo's report: what was deployed, what was left alone and why, and the proof."""

from collections import Counter, defaultdict

from rich.console import Console
from rich.text import Text

from cli import output
from cli.demo.proof import Proof
from cli.places import place
from cli.tables import Table
from cli.worker_columns import took, verified
from shared.domain.certificates import Certificate
from shared.domain.jobs import WorkerResource
from shared.domain.matching import NOT_COVERED
from shared.domain.plans import Plan, PlanEntry


def show(workers: list[WorkerResource], plan: Plan, renewed: Certificate, proof: Proof) -> None:
    """`plan`: the renewed certificate compared with every discovered slot."""
    screen = output.console()
    screen.print()
    output.show(_deployed(workers))
    screen.print()
    _left_alone(screen, plan, renewed)
    screen.print()
    _proof(screen, proof)


def _deployed(workers: list[WorkerResource]) -> Table:
    table = output.table(
        "", "Slot", "Certificate", "Status", "Verified by", "Took",
        title="Deployed", wrap=("Slot", "Verified by"),
    )  # fmt: skip
    for worker in sorted(workers, key=lambda worker: worker.resource.slot):
        old = worker.previous_cert_identifier or worker.resource.cert_identifier
        output.row(
            table,
            worker.resource.product.value,
            place(worker.resource),
            output.arrow(old, worker.cert_identifier),
            output.status(worker.status.value),
            worker.reason or verified(worker),
            took(worker),
        )
    return table


def _left_alone(screen: Console, plan: Plan, renewed: Certificate) -> None:
    table = output.table("", "Slot", "Rule", "Why", title="Left alone", wrap=("Slot", "Why"))
    elsewhere: dict[str, list[PlanEntry]] = defaultdict(list)
    for entry in plan.left_alone:
        domains = entry.resource.domains
        if domains and not all(map(renewed.covers, domains)):
            elsewhere[entry.resource.product.value].append(entry)
        else:
            slot = entry.resource
            output.row(table, slot.product.value, place(slot), entry.rule, entry.reason)
    for product, entries in sorted(elsewhere.items()):
        uncovered = Counter(
            output.names((name,)) for e in entries for name in e.resource.domains if not renewed.covers(name)
        )
        why = f"not covered by this certificate: {', '.join(sorted(uncovered))}"
        output.row(table, product, f"{len(entries)} more", NOT_COVERED, why)
    output.show(table)


def _proof(screen: Console, proof: Proof) -> None:
    total = len(proof.served) + len(proof.not_served)
    _check(
        screen,
        not proof.not_served,
        f"{len(proof.served)} of {total} matched slots serve the new certificate",
    )
    for text in proof.not_served:
        screen.print(Text(f"    {text}"))
    words = "everything else serves what it served before"
    _check(screen, not proof.changed, f"{words} ({proof.unchanged} places checked)")
    for text in proof.changed:
        screen.print(Text(f"    changed: {text}"))


def _check(screen: Console, good: bool, text: str) -> None:
    screen.print(Text.assemble(("✓ ", "bold green") if good else ("✗ ", "bold red"), text))
