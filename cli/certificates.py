"""`certdeploy certificate`: list, show, upload, export, and clean up."""

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from cli import carry, clean_up, columns, output
from cli.bundle_files import read_pair, refuse_to_overwrite, write_pair
from cli.certificate_columns import USUAL, certificate_columns, show_list
from cli.columns import AsCsv, AsJson
from cli.places import known_as, slot
from cli.renewals import show_renewals
from cli.session import session
from shared.domain.certificates import Certificate
from shared.domain.levels import Evidence, Validation
from shared.domain.queries import CertificateOrder, ListCertificates
from shared.domain.trust import ChainState, Standing
from shared.services.lists import list_certificates as list_certificates_of
from shared.services.map import (
    CertificateMap,
    CouldServe,
    find_certificate,
    map_certificate,
)
from shared.services.transfer import export_certificate, upload_certificate
from shared.services.world import World
from shared.validation.spans import days_of

app = typer.Typer(no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Id of the certificate in CAS, as `certificate list` shows it.")]


@app.callback()
def certificate() -> None:
    """List, show, upload, export and carry the certificates in CAS, and delete those that nothing needs."""


@app.command("list", epilog="Example: certdeploy certificate list --ends-within 30d --domain '*.example.com'")
def list_certificates(
    domain: Annotated[
        list[str] | None,
        typer.Option(help="List only those for such a name, such as '*.example.com'; may be repeated."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="List only those with this name in CAS, such as 'shop-*'; may be repeated."),
    ] = None,
    store: Annotated[
        list[str] | None, typer.Option(help="List only those of this CAS store; may be repeated.")
    ] = None,
    ends_within: Annotated[
        str | None, typer.Option(help="List only those that have ended, or end within 30d, 2w or 12h.")
    ] = None,
    deployable: Annotated[
        bool | None,
        typer.Option(
            "--deployable/--not-deployable", help="List only those that can be deployed, or cannot be."
        ),
    ] = None,
    unused: Annotated[
        bool, typer.Option("--unused", help="List only those that no discovered slot serves.")
    ] = False,
    sort: Annotated[
        CertificateOrder, typer.Option(help="Sort the rows by this column.")
    ] = CertificateOrder.EXPIRES,
    reverse: Annotated[bool, typer.Option("--reverse", help="Reverse the order of the rows.")] = False,
    column: Annotated[
        str | None,
        typer.Option(
            "--columns",
            help="Show these columns, separated by commas: certificate, name, names, key, class, expires,"
            " issuer, store, why-not.",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List the certificates of the last scan, by expiry date."""
    columns.check_form(as_json, as_csv)
    columns.check_each_given(domain=domain, name=name, store=store)
    world = session().world()
    now = world.clock()
    shown = columns.chosen(certificate_columns(now), column, USUAL)
    query = ListCertificates(
        domains=tuple(domain or ()),
        names=tuple(name or ()),
        stores=tuple(store or ()),
        ends_within_days=None if ends_within is None else days_of(ends_within, "--ends-within"),
        deployable=deployable,
        unused=unused,
        sort=sort,
        reverse=reverse,
    )
    found = list_certificates_of(world, query)
    if as_json:
        output.show_json(found)
    elif as_csv:
        columns.write_csv(shown, found.certificates)
    else:
        show_list(shown, found, now)
        for one in world.policy.homes:
            if not world.scans.has_baseline(one):
                output.tell(f"CAS {one} has not been scanned yet; run `certdeploy scan`")


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
    show_renewals(mapped.renewals, world.clock())


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


app.command("carry", epilog="Example: certdeploy certificate carry 10741304 --to 2000000000000002")(
    carry.command
)
app.command("clean-up", epilog="Example: certdeploy certificate clean-up --grace 60d --preview")(
    clean_up.command
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
        ("Other names", ", ".join(certificate.other_names)),
        ("Key", f"{certificate.algorithm or 'unknown'}, {held}"),
        ("Type", f"{certificate.source.value}, {certificate.status.value}"),
        ("Trust", str(mapped.standing)),
        ("Level", _level(mapped.standing)),
        ("Issuer", mapped.standing.issuer),
        ("Chain", _chain(mapped.standing)),
        ("Serial", certificate.serial),
        ("Fingerprint", certificate.fingerprint),
        ("Valid from", f"{certificate.not_before:%Y-%m-%d}"),
        ("Expires", output.ends(certificate.not_after, world.clock())),
        ("Deployable", f"no: {mapped.why_not_deployable}" if mapped.why_not_deployable else "yes"),
    ):
        if fact or what not in ("Other names", "Level"):
            output.row(table, what, fact)
    output.show(table)


_LEVEL_BY: Final = {
    Evidence.POLICY: "by its policy",
    Evidence.SOLD: "as CAS has sold it",
    Evidence.CA_NAME: "by the name of its CA",
    Evidence.OWNER: "by what is told of its owner",
    Evidence.NONE: "",
}


def _level(standing: Standing) -> str:
    """Of a public certificate, and from what that is known."""
    if standing.validation is Validation.UNKNOWN:
        return "not known" if standing.public_root else ""
    return f"{standing.validation.value}, {_LEVEL_BY[standing.validation_by]}"


def _chain(standing: Standing) -> str:
    """What CAS holds, and where it leads."""
    state = standing.chain
    if state is ChainState.LEAF_ONLY:
        return "leaf only; upload the full chain as a new certificate"
    return f"{state.value}, up to {standing.root}" if state is ChainState.COMPLETE else state.value


def _show_slots(mapped: CertificateMap, world: World) -> None:
    serving = output.table(
        "Slot", "Known as", "Names", "Remarks",
        title="\nServed by", wrap=("Known as", "Names", "Remarks"),
    )  # fmt: skip
    for resource in mapped.serving:
        output.row(
            serving, slot(resource), known_as(resource), output.names(resource.domains), resource.obstacle
        )
    if mapped.serving:
        output.show(serving)
    else:
        output.console().print("\nNo discovered slot serves it.")
    if not mapped.could_serve:
        return
    others = output.table(
        "Slot", "Known as", "Serves now", "Expires", "A job would", "Why",
        title="\nOther slots with its names",
        wrap=("Known as", "Serves now", "Expires", "A job would", "Why"),
    )  # fmt: skip
    for entry in mapped.could_serve:
        output.row(
            others,
            slot(entry.resource),
            known_as(entry.resource),
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
