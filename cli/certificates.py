"""`certdeploy certificate`: list, show, upload and export."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli import output
from cli.bundle_files import read_pair, refuse_to_overwrite, write_pair
from cli.resources import slot
from cli.session import session
from shared.domain.certificates import Certificate
from shared.services.map import CertificateMap, find_certificate, known_certificates, map_certificate
from shared.services.transfer import export_certificate, upload_certificate
from shared.services.world import World

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Id = Annotated[str, typer.Argument(help="Id of the certificate in CAS, as `certificate list` shows it.")]


@app.callback()
def certificate() -> None:
    """List, show, upload and export the certificates in CAS."""


@app.command("list", epilog="Example: certdeploy certificate list --json")
def list_certificates(as_json: AsJson = False) -> None:
    """List the certificates of the last scan, the one that ends first on top."""
    world = session().world()
    found = known_certificates(world)
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


@app.command("show", epilog="Example: certdeploy certificate show 10741304")
def show(cert_id: Id, as_json: AsJson = False) -> None:
    """Show one certificate, the slots that serve it, and what a job with it would change elsewhere."""
    world = session().world()
    found = map_certificate(world, find_certificate(world, cert_id))
    if as_json:
        output.show_json(found)
        return
    _show_facts(found.certificate, found, world)
    _show_slots(found, world)


@app.command(
    "upload",
    epilog="Example: certdeploy certificate upload --name shop-2026 --certificate chain.pem --key key.pem",
)
def upload(
    name: Annotated[
        str, typer.Option(help="Name of the new certificate in CAS: at most 63 characters, not in use yet.")
    ],
    certificate: Annotated[
        Path, typer.Option(help="PEM file with the certificate, followed by its intermediates.")
    ],
    key: Annotated[
        Path | None,
        typer.Option(help="PEM file with the private key. Default: the file given with --certificate."),
    ] = None,
    store: Annotated[
        str, typer.Option(help="CAS store to upload to. Default: the first of CERTDEPLOY_STORES.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Check a certificate and its key, and upload both to CAS unless CAS has them already."""
    text, secret = read_pair(certificate, key)
    world = session().world()
    with output.progress("Asking CAS …"):
        done = upload_certificate(world, name, text, secret, store)
    for note in done.notes:
        output.tell(f"note: {note}")
    if as_json:
        output.show_json(done)
        return
    what = f"is in CAS already, named {done.name}; no copy was made" if done.already_there else "uploaded"
    output.console().print(
        Text(f"{done.cert_identifier} ({output.names(done.names)}) {what}"), soft_wrap=True
    )


@app.command("export", epilog="Example: certdeploy certificate export 10741304 --to shop.pem")
def export(
    cert_id: Id,
    to: Annotated[Path, typer.Option(help="File to create; an existing one is not overwritten.")],
    as_json: AsJson = False,
) -> None:
    """Write a certificate with its private key to a file, for `certificate upload` on another account."""
    refuse_to_overwrite(to)
    found = export_certificate(session().world(), cert_id)
    write_pair(to, found.pair)
    output.tell(f"{to} holds the PRIVATE KEY in the clear; only you can read it. Delete it after its use.")
    if as_json:
        output.show_json({"CertIdentifier": found.cert_identifier, "File": str(to), "HoldsPrivateKey": True})
        return
    output.console().print(Text(f"{found.cert_identifier} with its private key: {to}"), soft_wrap=True)


def _show_facts(one: Certificate, found: CertificateMap, world: World) -> None:
    made = output.table("", "", wrap=("",))
    made.show_header = False
    held = {True: "held by CAS", False: "not held by CAS", None: "not told by CAS"}[one.has_private_key]
    for what, fact in (
        ("Certificate", one.identifier),
        ("Name", one.name),
        ("Names", output.names(one.names)),
        ("Key", f"{one.algorithm or 'unknown'}, {held}"),
        ("Type", f"{one.source.value}, {one.status.value}"),
        ("Issuer", one.issuer),
        ("Serial", one.serial),
        ("Fingerprint", one.fingerprint),
        ("Begins", f"{one.not_before:%Y-%m-%d}"),
        ("Ends", output.ends(one.not_after, world.clock())),
        ("Deployable", f"no: {found.why_not_deployable}" if found.why_not_deployable else "yes"),
    ):
        output.row(made, what, fact)
    output.show(made)


def _show_slots(found: CertificateMap, world: World) -> None:
    serving = output.table("Slot", "Names", title="\nServed by", wrap=("Slot", "Names"))
    for resource in found.serving:
        output.row(serving, slot(resource), output.names(resource.domains))
    if found.serving:
        output.show(serving)
    else:
        output.console().print("\nNo slot that is known serves it.")
    if not found.could_serve:
        return
    others = output.table(
        "Slot", "Serves now", "Ends", "A job would", "Why",
        title="\nElsewhere its names are served", wrap=("Slot", "Why"),
    )  # fmt: skip
    for entry in found.could_serve:
        output.row(
            others,
            slot(entry.resource),
            output.handle(entry.resource.cert_identifier) or "none",
            output.ends(entry.resource.cert_not_after, world.clock()),
            output.status(entry.action.value),
            entry.reason,
        )
    output.show(others)
