"""`certdeploy job retry`: what failed in a job is tried again, in the same job."""

from cli import output
from cli.asked import managed
from cli.columns import AsJson
from cli.job_end import (
    DuringFreeze,
    JobId,
    Products,
    SlotNames,
    Wait,
    Watch,
    check_can_wait,
    end,
)
from cli.places import SlotFinder
from cli.session import session


def retry(
    job_id: JobId,
    slot: SlotNames = None,
    product: Products = None,
    during_freeze: DuringFreeze = False,
    wait: Wait = False,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Try again what ended in error: all of it, or the slots and products that are named.

    By the rules as they are by now. What was deployed, rolled back, superseded or cancelled stays as it is.
    The earlier error is kept with the slot (`--json`).
    """
    current = session()
    if wait or watch:
        check_can_wait(current)
    world = current.world()
    asked = {
        "JobId": job_id,
        "ResourceIds": SlotFinder(world).slots(slot or ()),
        "Products": [one.value for one in product or []],
        "DuringFreeze": during_freeze,
    }
    job = managed(world, {"Retry": asked}).job
    assert job is not None, "it is answered with the job"
    if not current.served:
        output.tell("it is tried again as soon as `certdeploy serve` runs")
    end(world, job, wait or watch, as_json, lines=watch)
