"""`certdeploy resource list`."""

from typing import Annotated

import typer

from cli import output, syncs
from cli.session import session
from shared.domain.certificates import identifier_of
from shared.domain.names import for_display
from shared.domain.resources import CloudProduct, CloudResource
from shared.services.map import MappedSlot, map_slots

app = typer.Typer(no_args_is_help=True)


@app.callback()
def resource() -> None:
    """List the places that serve certificates."""


@app.command("list", epilog="Example: certdeploy resource list --product CDN --all")
def list_resources(
    product: Annotated[
        list[CloudProduct] | None, typer.Option(help="List only this product; may be repeated.")
    ] = None,
    certificate: Annotated[
        str, typer.Option(help="List only slots that serve the certificate with this id.")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also list slots without a certificate.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """List the slots of the last discovery, which certificate covers each, and how recent that is."""
    current = session()
    world = current.world()
    products = current.products(product)
    known = map_slots(world, products)
    wanted = identifier_of(certificate)
    found = [one for one in known if not certificate or one.cert_identifier == wanted]
    shown = [one for one in found if everything or one.cert_identifier]
    if as_json:
        output.show_json({"Resources": shown, "SyncStatuses": syncs.statuses(world, products)})
        return
    now = world.clock()
    made = output.table(
        "Slot", "Names", "Certificate", "Ends", "Best in CAS", "Remarks", wrap=("Slot", "Names", "Remarks")
    )
    for one in shown:
        output.row(
            made,
            slot(one),
            output.names(one.domains),
            output.handle(one.cert_identifier),
            output.ends(one.cert_not_after, now),
            _best(one),
            _remarks(one),
        )
    output.show(made)
    if hidden := len(found) - len(shown):
        output.tell(f"{hidden} more without a certificate: --all")
    _count(shown)
    output.console().print()
    output.show(syncs.show(world, products))


def slot(one: CloudResource) -> str:
    """As it is named, an IDN readable."""
    return f"{one.product.value}/{one.region or '-'}/{for_display(one.resource_id)}"


def _best(one: MappedSlot) -> str:
    if not one.best_cert_identifier:
        return "none"
    if one.best_cert_identifier == one.cert_identifier:
        return "the one in place"
    return f"{one.best_cert_identifier} ({one.best_not_after:%Y-%m-%d})"


def _remarks(one: MappedSlot) -> str:
    said = []
    if one.obstacle:
        said.append(one.obstacle)
    elif not one.https:
        said.append("HTTPS is off")
    elif not one.cert_identifier:
        said.append("no certificate")
    if one.cert_identifier and not one.known_to_cas:
        said.append("CAS does not know the certificate in place")
    if one.not_covered:
        said.append(f"nothing in CAS covers {output.names(one.not_covered)}")
    elif one.domains and not one.best_cert_identifier:
        said.append("no single certificate in CAS covers all of its names")
    return "; ".join(said)


def _count(shown: list[MappedSlot]) -> None:
    unknown = sum(bool(one.cert_identifier) and not one.known_to_cas for one in shown)
    bare = sum(bool(one.domains) and not one.best_cert_identifier for one in shown)
    if unknown or bare:
        output.tell(
            f"of {len(shown)} slots, {unknown} serve what CAS does not know, and {bare} are covered by"
            " no certificate that could be deployed"
        )
