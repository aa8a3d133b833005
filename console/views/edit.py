"""Edit a job that has not begun: its name, time and contacts; slots are dropped, added, planned anew."""

from typing import Any, Final

from console.asking import Asked, Done, Page
from console.commands import options
from console.paging import ROWS, Pages
from shared.domain.contact_requests import ListContacts, ManageContacts
from shared.domain.contacts import Contact
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.products import supported_products
from shared.services.contacts import manage_contacts
from shared.services.edit import LeftOut

EDITABLE: Final = (JobStatus.EDITING, JobStatus.PENDING)
#: Of what an edit may add: the fields of the form, each with the field of the request.
_ADDED: Final = {
    "add-slot": "Slots",
    "add-product": "Products",
    "add-region": "Regions",
    "add-domain": "Domains",
}
_FLAGS: Final = {
    "now": ("AtOnce", "--now"),
    "renew": ("Renew", "--renew"),
    "first": ("FirstDeployment", "--first-deployment"),
    "freeze": ("DuringFreeze", "--during-freeze"),
}


class Editing(Wire):
    job: DeploymentJob
    workers: tuple[WorkerResource, ...]  #: of this page
    contacts: tuple[Contact, ...]


def edit(asked: Asked) -> Page:
    world, job_id = asked.world, asked.number("id")
    shown = asked.managed({"Show": {"JobId": job_id}})
    job, workers = shown.job, shown.workers or ()
    assert job is not None, "it is what was asked for"
    if job.status not in EDITABLE:
        raise InvalidRequestError(
            f"job {job_id} is {job.status.value}: only what has not begun can be edited"
        )
    pages = Pages.of(asked, "/job/edit", len(workers), ROWS)
    contacts = manage_contacts(world, ManageContacts(list_contacts=ListContacts())).contacts
    answer = Editing(job=job, workers=workers[pages.start : pages.end], contacts=contacts)
    more = {"pages": pages, "supported": [product.value for product in supported_products()]}
    return Page("edit.html", answer, more, ["job", "edit", str(job_id), "--digest", job.plan_digest])


class Edited(Wire):
    job: DeploymentJob
    left_out: tuple[LeftOut, ...]  #: slots that the edit took out, or did not take in


def do_edit(asked: Asked) -> Done | Page:
    """By the digest that was shown: what somebody else has edited since is refused."""
    job_id = asked.number("id")
    answer = asked.managed({"Edit": _request(asked, job_id)})
    assert answer.job is not None, "it is answered with the job"
    if not answer.left_out:
        return Done(f"/job?id={job_id}")
    return Page("edited.html", Edited(job=answer.job, left_out=answer.left_out), {}, _command(asked, job_id))


def _request(asked: Asked, job_id: int) -> dict[str, Any]:
    """Only what is another than it was, so that what somebody else has changed meanwhile stays."""
    name, at, contacts = asked.one("name"), asked.one("at"), asked.all("contact")
    if not asked.one("digest"):
        raise InvalidRequestError("a job is edited as it was shown: its digest is missing")
    found: dict[str, Any] = {
        "JobId": job_id,
        "Digest": asked.one("digest"),
        "Add": {field: some for one, field in _ADDED.items() if (some := asked.words(one))},
        "Drop": {"Slots": asked.all("drop")},
        **{field: True for one, (field, _) in _FLAGS.items() if asked.one(one)},
    }
    if name != asked.one("name-before"):
        found["Name"] = name
    if at:
        found["ScheduleTime"] = at
    if sorted(contacts) != sorted(asked.all("contact-before")):
        found["ContactIds"] = contacts
    return found


def _command(asked: Asked, job_id: int) -> list[str]:
    request = _request(asked, job_id)
    return [
        *("job", "edit", str(job_id)),
        *options("--name", [request["Name"]] if "Name" in request else []),
        *options("--at", asked.all("at")),
        *options("--contact", request.get("ContactIds", ())),
        *options("--drop", asked.all("drop")),
        *options("--add", (word for one in _ADDED for word in asked.words(one))),
        *(option for one, (_, option) in _FLAGS.items() if asked.one(one)),
        *options("--digest", asked.all("digest")),
    ]
