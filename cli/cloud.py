"""`certdeploy scan` and `certdeploy discover`: read the cloud now."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cli import exits, failures, output, syncs
from cli.columns import check_given
from cli.session import session
from shared.domain.accounts import NOWHERE, OWN
from shared.domain.resources import CloudProduct, SyncStatus
from shared.errors import CloudCredentialsError, CloudUnavailableError, SettingsError
from shared.services.baseline import is_baseline

_OF_ALL = {kind.code for kind in (CloudCredentialsError, CloudUnavailableError, SettingsError)}
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def scan(as_json: AsJson = False) -> None:
    """Read the certificates from CAS now, and announce those that are new or about to expire.

    Exit 1 if the CAS of another account could not be read.
    """
    current = session()
    current.check_credentials()
    world = current.world()
    first = [home for home in world.policy.homes if is_baseline(world, home)]
    with output.progress("Reading CAS …"):
        result = current.call("scan_expiry", b"{}")
    if as_json:
        output.show_json(result)
    else:
        _tell_scan(result, first)
    if result.get("Unread"):
        raise typer.Exit(exits.FAILED)


def _tell_scan(result: dict[str, Any], first: Sequence[str]) -> None:
    issued, expiring = result.get("Issued", []), result.get("Expiring", [])
    count = result.get("Certificates", 0)
    output.tell(f"{count} certificates; newly issued: {len(issued)}; about to expire: {len(expiring)}")
    unread = result.get("Unread", {})
    for home, why in unread.items():
        output.tell(f"CAS {home} could not be read: {why}")
    for home, why in result.get("LevelsUnread", {}).items():
        output.tell(f"CAS {home} does not tell of what it has sold whether it is DV, OV or EV: {why}")
    if read := [home for home in first if home not in unread]:
        output.tell(f"the baseline of {', '.join(read)}: what is there now starts no job")


def discover(
    product: Annotated[
        list[CloudProduct] | None, typer.Option(help="Discover only this product; may be repeated.")
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Discover only this region of the product given with --product.")
    ] = None,
    account: Annotated[
        str | None,
        typer.Option(
            help="Discover only this account, by number; - for the own one. With --region by default that."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read the slots of every product, or only of those given. Changes nothing in the cloud."""
    request: dict[str, Any] = {"Products": [item.value for item in product or []]}
    if region is not None:
        check_given("--region", region)
        request["Region"] = region
    if account is not None:
        check_given("--account", account)
        request["Account"] = OWN if account == NOWHERE else account
    current = session()
    products = current.products(product)
    current.check_credentials()
    begun = current.world().clock()
    with output.progress("Reading the products …"):
        current.call("discover_resources", json.dumps(request).encode())
        world = current.world()
        statuses = syncs.settled(world, products)
    one_reason = _one_reason([status for status in statuses if status.started_at >= begun])
    if as_json:
        output.show_json({"Statuses": statuses})
    elif not one_reason:
        output.show(syncs.show(world, products))
    if one_reason:
        output.tell(f"certdeploy: {failures.of_cloud(one_reason.reason)}")
        raise typer.Exit(exits.exit_code_of_answer(one_reason.code))
    if not all(status.state.complete for status in statuses):
        raise typer.Exit(exits.FAILED)


def _one_reason(statuses: Sequence[SyncStatus]) -> SyncStatus | None:
    """One of them, if all have failed alike and for what is no product's own: a wrong key, no connection."""
    codes = {one.code for one in statuses}
    return statuses[0] if len(codes) == 1 and codes <= _OF_ALL else None
