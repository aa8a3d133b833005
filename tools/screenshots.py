"""`make screenshots`: each page of the console, light and dark, on an emulated cloud with a job that has run.

Needs Chromium and chromedriver; they are taken by Selenium.
"""

import argparse
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from cli.console import Installed
from cli.demo.stage import Stage, State, stage
from console.serving import Serving
from emulator.estate import load_estate
from shared.domain.requests import CreateDeploymentJob, PreviewDeploymentJob
from shared.domain.resources import SyncState
from shared.services.create import create_deployment_jobs
from shared.services.map import known_certificates
from shared.services.preview import preview
from tools.chromium import chromium, missing

_WAIT_S = 120.0


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
        told: list[str] = []
        serving = Serving(Installed(on.session), told.append, port=0, read_only=False)
        with serving.running():
            for scheme in ("light", "dark"):
                with chromium(scheme) as driver:
                    driver.get(told[-1])
                    for name, path in _pages(on, job_id).items():
                        if given.only in name:
                            driver.get(f"http://127.0.0.1:{serving.port}{path}")
                            time.sleep(0.2)
                            driver.save_screenshot(str(given.folder / f"{name}-{scheme}.png"))


def _pages(on: Stage, job_id: int) -> dict[str, str]:
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
        "job": f"/job?id={job_id}",
        "settings": "/settings",
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


def _discovered(on: Stage) -> bool:
    world = on.session.world()
    found = [list(world.syncs.list(product)) for product in world.policy.products]
    return all(found) and all(s.state is not SyncState.SYNCING for some in found for s in some)


if __name__ == "__main__":
    main()
