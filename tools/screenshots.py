"""`make screenshots`: the pages of the console, light, dark and narrow, over an emulated cloud with jobs.

Needs Chromium and chromedriver; they are taken by Selenium.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.console import Installed
from cli.demo.stage import Stage, State, stage
from console.serving import Serving
from emulator.estate import load_estate
from shared.domain.requests import CreateDeploymentJob, PreviewDeploymentJob
from shared.domain.resources import SyncState
from shared.domain.waves import AskedWaves
from shared.services.create import create_deployment_jobs
from shared.services.map import known_certificates
from shared.services.preview import preview
from tools.chromium import chromium, missing

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

_WAIT_S = 120.0
#: As the pictures are named: the colour scheme, and how wide the browser is.
_KINDS = {"light": ("light", 1280), "dark": ("dark", 1280), "narrow": ("light", 375)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="a part of the name of the pages wanted")
    given = parser.parse_args()
    if why := missing():
        parser.exit(1, f"{why}\n")
    given.folder.mkdir(parents=True, exist_ok=True)
    regions = ",".join(load_estate(None).regions)
    with (
        tempfile.TemporaryDirectory(prefix="certdeploy-screenshots-") as folder,
        stage(Path(folder), ["--settle-s=0.2"], {"Regions": regions}, State.FILE) as on,
    ):
        job_id = _with_a_job(on)
        draft_id = _draft_in_waves(on)
        told: list[str] = []
        serving = Serving(Installed(on.session), told.append, port=0, read_only=False)
        with serving.running():
            for kind, (scheme, width) in _KINDS.items():
                with chromium(scheme, width) as driver:
                    driver.get(told[-1])
                    for name, path in _pages(on, job_id, draft_id).items():
                        if given.only in name:
                            driver.get(f"http://127.0.0.1:{serving.port}{path}")
                            time.sleep(0.2)
                            _at_last(driver)
                            driver.save_screenshot(str(given.folder / f"{name}-{kind}.png"))


def _at_last(driver: "Chrome") -> None:
    """What is long to read comes by itself."""
    until = time.monotonic() + _WAIT_S
    while "Being read" in driver.title and time.monotonic() < until:
        time.sleep(0.5)


def _pages(on: Stage, job_id: int, draft_id: int) -> dict[str, str]:
    world = on.session.world()
    slot = next(iter(world.workers.list(job_id))).resource.slot
    certificate = world.jobs.get(job_id).cert_identifiers[0]
    return {
        "overview": "/",
        "certificates": "/certificates",
        "certificate": f"/certificate?id={certificate}",
        "resources": "/resources",
        "slot": f"/slot?id={quote(slot)}",
        "map": "/map?product=CDN",
        "new-job": f"/jobs/new?step=3&name=renewal&certificate={certificate.partition('-')[0]}",
        "jobs": "/jobs",
        "draft": f"/job?id={draft_id}",
        "job": f"/job?id={job_id}",
        "rollback": f"/job/confirm?id={job_id}&what=rollback&product=CDN",
        "edit": f"/job/edit?id={draft_id}",
        "other-certificates": f"/job/certificates?id={draft_id}",
        "settings": "/settings",
        "contact": "/contact",
        "check-up": "/doctor",
        "accounts": "/accounts",
        "quota": "/quota",
        "clean-up": "/certificates/clean-up",
    }


def _with_a_job(on: Stage) -> int:
    """After the discovery a job has run that puts the certificate that covers most slots in place."""
    until = time.monotonic() + _WAIT_S
    world = on.session.world()
    while time.monotonic() < until and not (on.running and _discovered(on)):
        time.sleep(0.5)
    plans = {
        one.cert_id: preview(world, PreviewDeploymentJob(cert_ids=(one.cert_id,)))
        for one in known_certificates(world)
        if one.why_not_deployable(world.clock()) is None and one.store == "cn-hangzhou"
    }
    best = max(plans, key=lambda cert_id: len(plans[cert_id].deployments))
    asked = CreateDeploymentJob(name="renewal of the shop", cert_ids=(best,), digest=plans[best].digest)
    job = create_deployment_jobs(world, asked).jobs[0]
    while time.monotonic() < until and not world.jobs.get(job.job_id).status.final:
        time.sleep(0.5)
    return job.job_id


def _draft_in_waves(on: Stage) -> int:
    world = on.session.world()
    waves = AskedWaves(canaries=("one", "10%"), approval=True)
    for certificate in known_certificates(world):
        asked = PreviewDeploymentJob(cert_ids=(certificate.cert_id,))
        if certificate.why_not_deployable(world.clock()) is None and preview(world, asked).deployments:
            draft = CreateDeploymentJob(
                name="in waves", cert_ids=(certificate.cert_id,), submit=False, waves=waves
            )
            return create_deployment_jobs(world, draft).jobs[0].job_id
    raise SystemExit("no certificate of the estate can be deployed anywhere any more")


def _discovered(on: Stage) -> bool:
    world = on.session.world()
    found = [list(world.syncs.list(product)) for product in world.policy.products]
    return all(found) and all(s.state is not SyncState.SYNCING for some in found for s in some)


if __name__ == "__main__":
    main()
