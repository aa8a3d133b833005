"""The demo's report: what was deployed, what was left alone and why, and the proof."""

from collections import Counter, defaultdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli import output
from cli.demo.proof import Proof
from cli.job_tables import arrow, took, verified
from shared.domain.certificates import Certificate
from shared.domain.jobs import WorkerResource
from shared.domain.plans import Plan, PlanEntry
from shared.domain.resources import CloudResource, SlotRole


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
        "", "Slot", "Certificate", "Status", "Verified by", "Took", wrap=("Slot", "Verified by")
    )
    table.title = "Deployed"
    for worker in sorted(workers, key=lambda worker: worker.resource.slot):
        old = worker.previous_cert_identifier or worker.resource.cert_identifier
        output.row(
            table,
            worker.resource.product.value,
            place(worker.resource),
            arrow(old, worker.cert_identifier),
            output.status(worker.status.value),
            worker.reason or verified(worker),
            took(worker),
        )
    return table


def _left_alone(screen: Console, plan: Plan, renewed: Certificate) -> None:
    table = output.table("", "Slot", "Why", title="Left alone", wrap=("Slot", "Why"))
    elsewhere: dict[str, list[PlanEntry]] = defaultdict(list)
    for entry in plan.left_alone:
        domains = entry.resource.domains
        if domains and not all(map(renewed.covers, domains)):
            elsewhere[entry.resource.product.value].append(entry)
        else:
            output.row(table, entry.resource.product.value, place(entry.resource), entry.reason)
    for product, entries in sorted(elsewhere.items()):
        uncovered = Counter(
            output.names((name,)) for e in entries for name in e.resource.domains if not renewed.covers(name)
        )
        why = f"not covered by this certificate: {', '.join(sorted(uncovered))}"
        output.row(table, product, f"{len(entries)} more", why)
    screen.print(table)


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


def place(resource: CloudResource) -> str:
    """The slot's name as its owner knows it."""
    holder = resource.instance_name or resource.instance_id
    if resource.role is SlotRole.DOMAIN:
        names = output.names(resource.domains)
        beside = holder not in (resource.resource_id, *resource.domains)
        return _with(names, holder if beside else "") if names else holder
    own = "" if resource.domains_of_certificate else output.names(resource.domains)
    port = f":{resource.port}" if resource.port else ""  # some hold several, shown as one
    listener = f"{holder}{port} {resource.role.value}"
    return _with(f"{listener} {own}".strip(), resource.region or resource.location)


def _with(name: str, where: str) -> str:
    return f"{name} ({where})" if where else name
