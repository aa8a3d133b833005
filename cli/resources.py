"""`certdeploy resource list`."""

from typing import Annotated

import typer

from cli import output, syncs
from cli.session import session
from shared.domain.certificates import identifier_of
from shared.domain.names import for_display
from shared.domain.resources import CloudProduct, CloudResource

app = typer.Typer(no_args_is_help=True)


@app.callback()
def resource() -> None:
    """Where certificates are served."""


@app.command("list")
def list_resources(
    product: Annotated[list[CloudProduct] | None, typer.Option(help="Only this one; repeatable.")] = None,
    certificate: Annotated[str, typer.Option(help="Only where this one is in place (its id).")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also slots without a certificate.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """The slots that the last discovery saw, and how up to date that is."""
    current = session()
    world = current.world()
    products = current.products(product)
    known = [record.resource for one in products for record in world.resources.list(one)]
    wanted = identifier_of(certificate)
    found = [one for one in known if not certificate or one.cert_identifier == wanted]
    shown = [one for one in found if everything or one.cert_identifier]
    if as_json:
        output.show_json({"Resources": shown, "SyncStatuses": syncs.statuses(world, products)})
        return
    now = world.clock()
    made = output.table("Slot", "Names", "Certificate", "Ends", "Remarks", wrap=("Slot", "Names", "Remarks"))
    for one in shown:
        output.row(
            made,
            slot(one),
            output.names(one.domains),
            one.cert_identifier,
            output.ends(one.cert_not_after, now),
            remarks(one),
        )
    output.show(made)
    if hidden := len(found) - len(shown):
        output.tell(f"{hidden} more without a certificate: --all")
    output.console().print()
    output.show(syncs.show(world, products))


def slot(one: CloudResource) -> str:
    """As it is named, an IDN readable."""
    return f"{one.product.value}/{one.region or '-'}/{for_display(one.resource_id)}"


def remarks(one: CloudResource) -> str:
    if one.obstacle:
        return one.obstacle
    if not one.https:
        return "HTTPS is off"
    return "" if one.cert_identifier else "no certificate"
