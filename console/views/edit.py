"""Edit a job that has not begun: its name, time, contacts, waves and certificates; slots dropped or added."""

from typing import Any, Final

from console.asking import Asked, Done, Page
from console.commands import options
from console.paging import ROWS, Pages
from console.views import how
from console.views.choosing import Choosable, choosable
from shared.domain.certificates import cert_id_of
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
    shown = asked.managed({"Show": {"JobId": asked.number("id")}})
    job, workers = _editable(shown.job), shown.workers or ()
    pages = Pages.of(asked, "/job/edit", len(workers), ROWS)
    contacts = manage_contacts(asked.world, ManageContacts(list_contacts=ListContacts())).contacts
    answer = Editing(job=job, workers=workers[pages.start : pages.end], contacts=contacts)
    more = {
        "pages": pages,
        "supported": [product.value for product in supported_products()],
        "waves": how.said_of(job.waves),
    }
    return Page("edit.html", answer, more, _shown_command(job))


class OtherCertificates(Wire):
    job: DeploymentJob
    certificates: Choosable


def edit_certificates(asked: Asked) -> Page:
    """Those that take the place of the job's."""
    job = _editable(asked.world.jobs.get(asked.number("id")))
    before = [str(cert_id_of(one)) for one in job.cert_identifiers]
    certificates, more = choosable(asked, before)
    answer = OtherCertificates(job=job, certificates=certificates)
    more |= {"before": before, "now": asked.world.clock()}
    command = [*_shown_command(job), *options("--certificate", more["chosen"])]
    return Page("edit_certificates.html", answer, more, command)


def _editable(job: DeploymentJob | None) -> DeploymentJob:
    assert job is not None, "it is what was asked for"
    if job.status not in EDITABLE:
        raise InvalidRequestError(
            f"job {job.job_id} is {job.status.value}: only what has not begun can be edited"
        )
    return job


def _shown_command(job: DeploymentJob) -> list[str]:
    return ["job", "edit", str(job.job_id), "--digest", job.plan_digest]


class Edited(Wire):
    job: DeploymentJob
    left_out: tuple[LeftOut, ...]  #: slots that the edit took out, or did not take in


def do_edit(asked: Asked) -> Done | Page:
    """As it was shown: what somebody else has edited since is refused."""
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
        **({"Edits": asked.number("edits")} if asked.one("edits") else {}),
        **how.other_waves(asked),
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
    certificates = asked.words("certificate")
    if asked.one("choosing") and sorted(certificates) != sorted(asked.words("certificate-before")):
        found["CertIds"] = _certificates(asked)
    return found


def _certificates(asked: Asked) -> list[int]:
    found = [cert_id_of(one) for one in asked.words("certificate")]
    if None in found or not found:
        raise InvalidRequestError("certificate: the id of a certificate in CAS is needed")
    return [one for one in found if one is not None]


def _command(asked: Asked, job_id: int) -> list[str]:
    request = _request(asked, job_id)
    return [
        *("job", "edit", str(job_id)),
        *options("--name", [request["Name"]] if "Name" in request else []),
        *options("--at", asked.all("at")),
        *options("--contact", request.get("ContactIds", ())),
        *options("--certificate", request.get("CertIds", ())),
        *how.waves_command(asked),
        *options("--drop", asked.all("drop")),
        *options("--add", (word for one in _ADDED for word in asked.words(one))),
        *(option for one, (_, option) in _FLAGS.items() if asked.one(one)),
        *options("--digest", asked.all("digest")),
    ]
