"""`certdeploy certificate list`."""

from typing import Annotated

import typer

from cli import output
from cli.session import session
from shared.domain.certificates import Certificate
from shared.services.world import World

app = typer.Typer(no_args_is_help=True)


@app.callback()
def certificate() -> None:
    """Certificates, as CAS lists them."""


@app.command("list")
def list_certificates(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Every certificate that the last scan saw, the one that ends first on top."""
    world = session().world()
    found = certificates(world)
    if as_json:
        output.show_json({"Certificates": found})
        return
    now = world.clock()
    made = output.table(
        "Certificate", "Name", "Names", "Key", "Type", "Ends", "Remarks", wrap=("Names", "Remarks")
    )
    for one in found:
        output.row(
            made,
            one.identifier,
            one.name,
            output.names(one.names),
            one.algorithm,
            one.source.value,
            output.ends(one.not_after, now),
            one.why_not_deployable(now) or "",
        )
    output.show(made)
    for store in world.policy.stores:
        if not world.scans.has_baseline(store):
            output.tell(f"CAS {store} was never read; `certdeploy scan` does it")


def certificates(world: World) -> list[Certificate]:
    found = [record.certificate for store in world.policy.stores for record in world.certificates.list(store)]
    return sorted(found, key=lambda one: (one.not_after, one.cert_id))
