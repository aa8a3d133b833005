"""`certdeploy resource`: list the slots, and show one."""

from typing import Annotated

import typer

from cli import columns, output, syncs
from cli.asked import managed
from cli.columns import AsCsv, AsJson, check_each_given, check_given
from cli.looking import looked_at
from cli.places import SlotFinder
from cli.session import session
from cli.slot_columns import USUAL, slot_columns
from cli.slot_table import show_facts
from shared.domain.queries import ListResources, SlotOrder
from shared.domain.resources import CloudProduct
from shared.services.lists import list_resources
from shared.services.selection import SlotCounts
from shared.services.slots import show_slot
from shared.validation.spans import days_of

app = typer.Typer(no_args_is_help=True)


@app.callback()
def resource() -> None:
    """List the slots, the places that serve certificates, or show one."""


@app.command("list", epilog="Example: certdeploy resource list --ends-within 30d --sort expires --all")
def list_slots(
    product: Annotated[
        list[CloudProduct] | None, typer.Option(help="List only this product; may be repeated.")
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(help="List only this account, by number; - for the own one; may be repeated."),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(help="List only this region; - for products without regions; may be repeated."),
    ] = None,
    instance: Annotated[
        list[str] | None,
        typer.Option(help="List only this instance, by id or name, such as 'shop-*'; may be repeated."),
    ] = None,
    domain: Annotated[
        list[str] | None,
        typer.Option(help="List only slots with such a name, such as '*.example.com'; may be repeated."),
    ] = None,
    certificate: Annotated[
        str | None, typer.Option(help="List only slots that serve the certificate with this id.")
    ] = None,
    ends_within: Annotated[
        str | None,
        typer.Option(help="List only slots whose certificate has ended, or ends within 30d, 2w or 12h."),
    ] = None,
    uncovered: Annotated[
        bool, typer.Option("--uncovered", help="List only slots that no deployable certificate covers.")
    ] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="List only slots with a certificate that CAS does not know.")
    ] = False,
    drifted: Annotated[
        bool,
        typer.Option("--drifted", help="List only slots that no longer carry what the last job put there."),
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also list slots without a certificate.")] = False,
    sort: Annotated[SlotOrder, typer.Option(help="Sort the rows by this column.")] = SlotOrder.SLOT,
    reverse: Annotated[bool, typer.Option("--reverse", help="Reverse the order of the rows.")] = False,
    column: Annotated[
        str | None,
        typer.Option(
            "--columns",
            help="Show these columns, separated by commas: slot, known-as, product, account, region,"
            " instance, names, certificate, cert-name, expires, best, served-at, remarks.",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List the slots of the last discovery, the best certificate for each, and how current the list is.

    Options narrow the list down together; of several values of one option, one has to fit.
    """
    columns.check_form(as_json, as_csv)
    check_given("--certificate", certificate)
    check_each_given(account=account, region=region, instance=instance, domain=domain)
    current = session()
    world = current.world()
    now = world.clock()
    shown = columns.chosen(slot_columns(now), column, USUAL)
    query = ListResources(
        products=tuple(current.products(product)) if product else (),
        accounts=tuple(account or ()),
        regions=tuple(region or ()),
        instances=tuple(instance or ()),
        domains=tuple(domain or ()),
        certificate=certificate or "",
        ends_within_days=None if ends_within is None else days_of(ends_within, "--ends-within"),
        uncovered=uncovered,
        unknown_to_cas=unknown,
        drifted=drifted,
        without_certificate=everything,
        sort=sort,
        reverse=reverse,
    )
    found = list_resources(world, query)
    if as_json:
        statuses = world.syncs.of(current.products(product))
        output.show_json({**output.plain(found), "SyncStatuses": statuses})
        return
    if as_csv:
        columns.write_csv(shown, found.resources)
        return
    output.console().print(_summary(found.counts))
    if found.resources:
        output.console().print()
        columns.show(shown, found.resources)
    if found.left_out:
        output.tell(f"{found.left_out} more without a certificate; --all lists them")
    output.console().print()
    output.show(syncs.show(world, current.products(product)))


@app.command("show", epilog="Example: certdeploy resource show CDN/-/www.example.com")
def show(
    named: Annotated[
        str,
        typer.Argument(
            metavar="SLOT", help="The slot, as `resource list` shows it: its id, or what it is known as."
        ),
    ],
    look: Annotated[
        bool,
        typer.Option(
            "--look",
            help="Read the slot's product again, then ask by TLS handshakes from this machine what clients"
            " are served.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one slot: what is in place, which certificates may go there, and which jobs touched it."""
    world = session().world()
    slot = SlotFinder(world).slot(named)
    facts = looked_at(session(), slot) if look else show_slot(world, slot)
    if as_json:
        output.show_json(facts)
    else:
        show_facts(facts, world.clock())


@app.command("accept", epilog="Example: certdeploy resource accept CDN/-/www.example.com")
def accept(
    named: Annotated[
        list[str],
        typer.Argument(metavar="SLOT...", help="The slots, as `resource list --drifted` shows them."),
    ],
    as_json: AsJson = False,
) -> None:
    """Accept what a slot carries instead of what the last job put there: somebody changed it on purpose."""
    world = session().world()
    slots = SlotFinder(world).slots(named)
    accepted = managed(world, {"AcceptDrift": {"Slots": slots}}).accepted
    assert accepted is not None, "it is answered with them"
    if as_json:
        output.show_json({"Accepted": [output.plain(one) for one in accepted]})
        return
    for one in accepted:
        there = output.short(one.cert_identifier) or "no certificate"
        output.console().print(f"accepted: {one.slot} carries {there}", highlight=False)


def _summary(counts: SlotCounts) -> str:
    told = [
        f"{number:,} {what}"
        for number, what in (
            (counts.expired, "expired"),
            (counts.ending, f"ending within {counts.ending_days:g} days"),
            (counts.uncovered, "that no deployable certificate covers"),
            (counts.unknown_to_cas, "with a certificate that is not in CAS"),
            (counts.drifted, "with another certificate than the last job put there"),
            (counts.without_certificate, "without a certificate"),
            (counts.not_seen, "not seen by the last discovery"),
        )
        if number
    ]
    return f"{counts.slots:,} slots{': ' if told else ''}{', '.join(told)}"
