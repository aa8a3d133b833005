"""`certdeploy certificate`: list, show, upload and export."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli import output
from cli.bundle_files import read_pair, refuse_to_overwrite, write_pair
from cli.resources import slot
from cli.session import session
from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.trust import ChainState, Standing
from shared.services.map import (
    CertificateMap,
    CouldServe,
    find_certificate,
    known_certificates,
    map_certificate,
)
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
    """List the certificates of the last scan, by expiry date."""
    world = session().world()
    certificates = known_certificates(world)
    if as_json:
        rows = [{**output.plain(one), "Standing": world.standing(one)} for one in certificates]
        output.show_json({"Certificates": rows})
        return
    _show_list(certificates, world)
    for store in world.policy.stores:
        if not world.scans.has_baseline(store):
            output.tell(f"CAS {store} has not been scanned yet; run `certdeploy scan`")


@app.command("show", epilog="Example: certdeploy certificate show 10741304")
def show(cert_id: Id, as_json: AsJson = False) -> None:
    """Show one certificate, the slots that serve it, and what a job with it would change."""
    world = session().world()
    mapped = map_certificate(world, find_certificate(world, cert_id))
    if as_json:
        output.show_json(mapped)
        return
    _show_facts(mapped.certificate, mapped, world)
    _show_slots(mapped, world)


@app.command(
    "upload",
    epilog="Example: certdeploy certificate upload --name shop-2026 --certificate chain.pem --key key.pem",
)
def upload(
    certificate: Annotated[
        Path, typer.Option(help="PEM file with the certificate and its intermediates, in this order.")
    ],
    name: Annotated[
        str | None,
        typer.Option(
            help="Name of the new certificate in CAS: at most 63 characters, not in use yet. Default: made of"
            " its first domain and its end."
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(help="PEM file with the private key. Default: the file given with --certificate."),
    ] = None,
    store: Annotated[
        str, typer.Option(help="CAS store to upload to. Default: the first of CERTDEPLOY_STORES.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Check a certificate and its key, and upload both to CAS unless CAS already has them."""
    text, secret = read_pair(certificate, key)
    world = session().world()
    with output.progress("Asking CAS …"):
        done = upload_certificate(world, name, text, secret, store)
    for note in done.notes:
        output.tell(f"note: {note}")
    if as_json:
        output.show_json(done)
        return
    what = f"is already in CAS as {done.name}; not uploaded again" if done.already_there else "uploaded"
    output.console().print(
        Text(f"{done.cert_identifier} ({output.names(done.names)}) {what}"), soft_wrap=True
    )


@app.command("export", epilog="Example: certdeploy certificate export 10741304 --to shop.pem")
def export(
    cert_id: Id,
    to: Annotated[Path, typer.Option(help="File to create; an existing file is not overwritten.")],
    as_json: AsJson = False,
) -> None:
    """Write a certificate with its private key to a file, for `certificate upload` on another account."""
    refuse_to_overwrite(to)
    exported = export_certificate(session().world(), cert_id)
    write_pair(to, exported.pair)
    output.tell(f"{to} contains the PRIVATE KEY unencrypted; only you can read it. Delete it after use.")
    if as_json:
        output.show_json(
            {"CertIdentifier": exported.cert_identifier, "File": str(to), "HoldsPrivateKey": True}
        )
        return
    output.console().print(Text(f"{exported.cert_identifier} with its private key: {to}"), soft_wrap=True)


def _show_list(certificates: list[Certificate], world: World) -> None:
    now = world.clock()
    table = output.table(
        "Certificate", "Name", "Names", "Key", "Class", "Expires", wrap=("Name", "Names", "Class")
    )
    held_back = output.table("Certificate", "Why", title="\nNot deployable", wrap=("Why",))
    for one in certificates:
        handle, bought = output.short(one.identifier), "bought, " * (one.source is CertificateSource.BUY)
        output.row(
            table,
            handle,
            one.name,
            output.names(one.names),
            one.algorithm,
            f"{bought}{world.standing(one)}",
            output.ends(one.not_after, now),
        )
        if why := one.why_not_deployable(now):
            output.row(held_back, handle, why)
    output.show(table)
    if held_back.row_count:
        output.show(held_back)


def _show_facts(certificate: Certificate, mapped: CertificateMap, world: World) -> None:
    table = output.table("", "", wrap=("",))
    table.show_header = False
    held = {True: "held by CAS", False: "not held by CAS", None: "not reported by CAS"}[
        certificate.has_private_key
    ]
    for what, fact in (
        ("Certificate", certificate.identifier),
        ("Name", certificate.name),
        ("Names", output.names(certificate.names)),
        ("Key", f"{certificate.algorithm or 'unknown'}, {held}"),
        ("Type", f"{certificate.source.value}, {certificate.status.value}"),
        ("Trust", str(mapped.standing)),
        ("Issuer", mapped.standing.issuer),
        ("Chain", _chain(mapped.standing)),
        ("Serial", certificate.serial),
        ("Fingerprint", certificate.fingerprint),
        ("Valid from", f"{certificate.not_before:%Y-%m-%d}"),
        ("Expires", output.ends(certificate.not_after, world.clock())),
        ("Deployable", f"no: {mapped.why_not_deployable}" if mapped.why_not_deployable else "yes"),
    ):
        output.row(table, what, fact)
    output.show(table)


def _chain(standing: Standing) -> str:
    """What CAS holds, and where it leads."""
    state = standing.chain
    if state is ChainState.LEAF_ONLY:
        return "leaf only; upload the full chain as a new certificate"
    return f"{state.value}, up to {standing.root}" if state is ChainState.COMPLETE else state.value


def _show_slots(mapped: CertificateMap, world: World) -> None:
    serving = output.table("Slot", "Names", "Remarks", title="\nServed by", wrap=("Slot", "Names", "Remarks"))
    for resource in mapped.serving:
        output.row(serving, slot(resource), output.names(resource.domains), resource.obstacle)
    if mapped.serving:
        output.show(serving)
    else:
        output.console().print("\nNo discovered slot serves it.")
    if not mapped.could_serve:
        return
    others = output.table(
        "Slot", "Serves now", "Expires", "A job would", "Why",
        title="\nOther slots with its names", wrap=("Slot", "Serves now", "Expires", "A job would", "Why"),
    )  # fmt: skip
    for entry in mapped.could_serve:
        output.row(
            others,
            slot(entry.resource),
            output.short(output.handle(entry.resource.cert_identifier)) or "none",
            output.ends(entry.resource.cert_not_after, world.clock()),
            output.status(entry.action.value),
            _why(entry),
        )
    output.show(others)


def _why(entry: CouldServe) -> str:
    """Of what a job would do, and of what is done without one."""
    if entry.by_itself:
        return f"{entry.reason}; by itself, too"
    if entry.reason_by_itself == entry.reason:
        return entry.reason
    return f"{entry.reason}; not by itself: {entry.reason_by_itself}"
