"""The demo: serve, upload a renewed certificate, watch, verify, report."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli import console as pages
from cli import exits, output
from cli.demo import proof, report
from cli.demo.on_stack import denied, stack_stage
from cli.demo.stage import Stage, StageError, State, stage
from cli.demo.teller import Teller
from cli.demo.watch import TooLongError, Watcher
from cli.emulator import Answers
from emulator.authority import Authority, KeyKind
from emulator.bundles import Bundle
from emulator.estate import EstateError, load_estate
from shared.cloud.cas import Cas
from shared.domain.certificates import Certificate
from shared.services import plan as planning
from shared.validation.secret import SecretPem

_DAYS = 199


def demo(
    estate: Annotated[
        Path | None,
        typer.Option(help="File that describes the emulated account (docs/estate.md). Default: a sample."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder for state and logs. Default: a new one under /tmp.")
    ] = None,
    settle_s: Annotated[float, typer.Option(help="Seconds until a change takes effect.", min=0)] = 1.0,
    answers: Annotated[
        Answers, typer.Option(help="Answers of that cloud: every field, the fewest, or a random mix.")
    ] = Answers.FULL,
    seed: Annotated[int, typer.Option(help="Seed of random answers.")] = 0,
    state: Annotated[
        State, typer.Option(help="Where to keep the state: in a file, or in an emulated Tablestore.")
    ] = State.FILE,
    stack: Annotated[
        bool,
        typer.Option(
            "--stack",
            help="Package the functions, and deploy them as a stack that the emulated cloud runs.",
        ),
    ] = False,
    within_s: Annotated[float, typer.Option(help="Seconds after which to give up.", min=1)] = 240,
    console: Annotated[
        bool,
        typer.Option(
            "--console", help="Afterwards open the pages on that cloud in a browser, and stay until Ctrl-C."
        ),
    ] = False,
) -> None:
    """Renew a certificate on an emulated cloud and watch it being deployed everywhere.

    Exits 0 only if every matched slot was verified by TLS handshakes and nothing else has changed.
    """
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="certdeploy-demo-"))
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    options = [f"--settle-s={settle_s}", f"--answers={answers.value}", f"--seed={seed}"]
    options += [f"--estate={estate.resolve()}"] if estate else []
    parameters = {"ScanSchedule": "*/3 * * * * *", "Regions": _regions(estate)}
    teller = Teller()
    try:
        teller.say("starting an emulated cloud and the functions declared in template.yml")
        opened = (
            stack_stage(folder, options, parameters, teller.say)
            if stack
            else stage(folder, options, parameters, state)
        )
        with opened as on:
            good = _play(Watcher(on, on.session.world(), teller, teller.started + within_s), on)
            if stack:
                good = _within_its_rights(on, teller) and good
            if console:
                pages.serve(on.session, port=0, read_only=False, opened=True)
    except (StageError, TooLongError) as error:
        output.tell(f"certdeploy demo: {error}")
        good = False
    output.console().print(Text(f"\nState, logs and the cloud's log of calls are kept in {folder}", "dim"))
    raise typer.Exit(exits.OK if good else exits.FAILED)


def _within_its_rights(on: Stage, teller: Teller) -> bool:
    refused = denied(on)
    told = f"the functions' roles were refused {', '.join(refused[:5])}" if refused else ""
    teller.say(told or "each function had the rights of its role, and was refused nothing")
    return not refused


def _regions(estate: Path | None) -> str:
    """The estate's regions; products whose API lists no regions would otherwise be read in all of them."""
    try:
        return ",".join(load_estate(estate).regions)
    except EstateError:
        return ""  # the emulator reads the file too, and reports the error


def _play(watch: Watcher, on: Stage) -> bool:
    watch.wait_for_functions()
    slots = watch.wait_for_discovery()
    ending = watch.certificate_to_renew(slots)
    days = (ending.not_after - watch.world.clock()).days
    watch.teller.say(
        f"{ending.name} ({output.names(ending.names)}) expires in {days} days; its owner renews it"
    )
    before = on.edge()
    renewed = _issue(ending)
    cert_id = _upload(on, ending, renewed)
    watch.teller.say(f"uploaded to CAS as {cert_id}; from here on everything is automatic")
    job = watch.wait_for_job(cert_id, ending.store)
    job, workers = watch.wait_for_end(job)
    certificate = watch.world.certificates.get(f"{cert_id}-{ending.store}").certificate
    plan = planning.plan(watch.world, [certificate], slots, automatic=True)
    proved = proof.prove(workers, renewed, on.session.settings.tls, watch.world.roots, before, on.edge())
    report.show(workers, plan, certificate, proved)
    return proved.complete


def _issue(ending: Certificate) -> Bundle:
    """A renewal as a CA does it: same names and key type, new key, later expiry."""
    key: KeyKind = "rsa-2048" if ending.algorithm == "RSA" else "ecdsa-p256"
    return Authority().issue(ending.names, key=key, days=_DAYS)


def _upload(on: Stage, ending: Certificate, renewed: Bundle) -> int:
    cas = Cas(on.session.app().openapi, ending.store)
    key = SecretPem(renewed.key_pem or "")
    return cas.upload(f"{ending.name}-renewed"[:63], renewed.certificate_pem, key)
