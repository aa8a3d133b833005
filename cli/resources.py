"""`certdeploy resource`: list the slots, and show one."""

from typing import Annotated, Final

import typer

from cli import output, syncs
from cli.session import session
from cli.slot_table import show_facts
from shared.domain.certificates import identifier_of
from shared.domain.names import for_display, in_letters
from shared.domain.resources import CloudProduct, CloudResource
from shared.products import supported_products
from shared.services.map import MappedSlot, map_slots
from shared.services.slots import show_slot
from shared.services.world import World

app = typer.Typer(no_args_is_help=True)
_COLUMNS: Final = ("Slot", "Names", "Certificate", "Expires", "Best in CAS", "Remarks")
_SAID: Final = frozenset({"scope", "obstacle", "first"})  #: rules that the remarks tell anyhow


@app.callback()
def resource() -> None:
    """List the slots, the places that serve certificates, or show one."""


AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command("list", epilog="Example: certdeploy resource list --product CDN --all")
def list_resources(
    product: Annotated[
        list[CloudProduct] | None, typer.Option(help="List only this product; may be repeated.")
    ] = None,
    certificate: Annotated[
        str, typer.Option(help="List only slots that serve the certificate with this id.")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also list slots without a certificate.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the slots of the last discovery, the best certificate for each, and how current the list is."""
    current = session()
    world = current.world()
    products = current.products(product)
    known = map_slots(world, products if product else supported_products())  # marks what is out of scope
    identifier = identifier_of(certificate)
    selected = [mapped for mapped in known if not certificate or mapped.cert_identifier == identifier]
    shown = [mapped for mapped in selected if everything or mapped.cert_identifier]
    if as_json:
        output.show_json({"Resources": shown, "SyncStatuses": syncs.statuses(world, products)})
        return
    now = world.clock()
    table = output.table(*_COLUMNS, wrap=_COLUMNS)
    for mapped in shown:
        output.row(
            table,
            slot(mapped),
            output.names(mapped.domains),
            output.short(output.handle(mapped.cert_identifier)),
            output.ends(mapped.cert_not_after, now),
            _best(mapped),
            _remarks(mapped),
        )
    output.show(table)
    if hidden := len(selected) - len(shown):
        output.tell(f"{hidden} more without a certificate; --all lists them")
    _count(shown)
    output.console().print()
    output.show(syncs.show(world, products))


@app.command("show", epilog="Example: certdeploy resource show CDN/-/www.example.com")
def show(
    named: Annotated[str, typer.Argument(metavar="SLOT", help="The slot, as `resource list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Show one slot: what is in place, and for each certificate that covers it whether it may go there."""
    world = session().world()
    facts = show_slot(world, slot_named(world, named.strip()))
    if as_json:
        output.show_json(facts)
    else:
        show_facts(facts, slot(facts.resource), world.clock())


def slot(resource: CloudResource) -> str:
    """The slot's name, with IDNs in readable form, and as the cloud has them beside."""
    return _place(resource, for_display(resource.resource_id))


def _place(resource: CloudResource, shown: str) -> str:
    return f"{resource.product.value}/{resource.region or '-'}/{shown}"


def slot_named(world: World, text: str) -> str:
    """The slot for its displayed name `text`, with or without its A-labels; the two differ only for IDNs."""
    if text.isascii():
        return text
    letters = text.partition(" (")[0]
    known = (record.resource for product in CloudProduct for record in world.resources.list(product))
    same = (one.slot for one in known if _place(one, in_letters(one.resource_id)) == letters)
    return next(same, text)


def _best(mapped: MappedSlot) -> str:
    if not mapped.best_cert_identifier:
        return "none by itself" if mapped.kept_away else "none"
    if mapped.best_cert_identifier == mapped.cert_identifier:
        return "in place"
    return f"{output.short(mapped.best_cert_identifier)} ({mapped.best_not_after:%Y-%m-%d})"


def _remarks(mapped: MappedSlot) -> str:
    remarks = []
    if mapped.not_seen_since:
        remarks.append(f"not seen since {output.moment(mapped.not_seen_since)} UTC")
    if mapped.obstacle:
        remarks.append(mapped.obstacle)
    elif not mapped.https:
        remarks.append("HTTPS is off")
    elif not mapped.cert_identifier:
        remarks.append("no certificate")
    if mapped.cert_identifier and not mapped.known_to_cas:
        remarks.append("CAS does not know the certificate in place")
    if mapped.not_covered:
        remarks.append(f"nothing in CAS covers {output.names(mapped.not_covered)}")
    elif _bare(mapped):
        remarks.append("no single certificate in CAS covers all of its names")
    elif (kept := mapped.kept_away) and kept.rule not in _SAID:
        remarks.append(f"{output.short(kept.cert_identifier)} does not go there by itself: {kept.reason}")
    return "; ".join(remarks)


def _bare(mapped: MappedSlot) -> bool:
    """Whether no deployable certificate covers it."""
    return bool(mapped.domains) and not mapped.best_cert_identifier and mapped.kept_away is None


def _count(shown: list[MappedSlot]) -> None:
    unknown = sum(bool(mapped.cert_identifier) and not mapped.known_to_cas for mapped in shown)
    bare = sum(map(_bare, shown))
    if unknown or bare:
        output.tell(
            f"of {len(shown)} slots, {unknown} serve a certificate that is not in CAS, and {bare} are"
            " covered by no deployable certificate"
        )
