"""A new job in three steps: its name, contacts and time; its certificates; its slots, with the preview."""

import json
import secrets
from dataclasses import replace
from typing import Any

from console.asking import Asked, Done, Page, managed
from console.commands import options
from console.paging import ROWS, Pages, address
from console.views import how
from console.views.choosing import Choosable, choosable
from shared.domain.certificates import cert_id_of
from shared.domain.contact_requests import ListContacts, ManageContacts
from shared.domain.contacts import Contact
from shared.domain.engines import Engine
from shared.domain.plans import Plan
from shared.domain.requests import CreateDeploymentJob
from shared.domain.values import Wire
from shared.errors import InvalidRequestError, PlanChangedError
from shared.products import supported_products
from shared.services.contacts import manage_contacts
from shared.services.manage import Managed
from shared.validation.requests import parse


class NewJob(Wire):
    """Of the step that is asked for."""

    step: int
    contacts: tuple[Contact, ...] = ()
    certificates: Choosable | None = None
    preview: Managed | None = None  #: with the entries of this page
    deployments: int = 0
    left_alone: int = 0
    frozen: str | None = None  #: until when changes are frozen at the time of the job


def new_job(asked: Asked) -> Page:
    step = 2 if asked.one("turn") else asked.number("go", asked.number("step", 1))
    if step <= 1:
        found = manage_contacts(asked.world, ManageContacts(list_contacts=ListContacts()))
        return _page(asked, NewJob(step=1, contacts=found.contacts))
    if step == 2:
        certificates, more = choosable(asked, ())
        return _page(asked, NewJob(step=2, certificates=certificates), **more)
    return _previewed(asked)


def _previewed(asked: Asked) -> Page:
    selection = _selection(asked)
    request = {"Preview": selection}
    reading = asked.reading(
        ("preview", json.dumps(selection, sort_keys=True)),
        lambda world: managed(world, request),
        lambda one: len(one.plan.entries) if one.plan else 0,
    )
    shown = reading.value
    assert shown.plan is not None, "it is what was asked for"
    plan = shown.plan
    ordered = (*plan.deployments, *plan.left_alone)
    pages = Pages.of(asked, "/jobs/new", len(ordered), ROWS)
    cut = Plan(**{**vars(plan), "entries": ordered[pages.start : pages.end]})
    answer = NewJob(
        step=3,
        preview=shown.evolve(plan=cut),
        deployments=len(plan.deployments),
        left_alone=len(plan.left_alone),
        frozen=how.frozen(asked),
    )
    more = {"pages": pages, "products": plan.products, "key": secrets.token_hex(16)}
    return replace(_page(asked, answer, **more), reading=reading)


def _page(asked: Asked, answer: NewJob, **more: Any) -> Page:
    carried = _carried(asked)
    context = {
        "carried": carried,
        "now": asked.world.clock(),
        "supported": [product.value for product in supported_products()],
        "back": address("/jobs/new", {**carried, "step": [str(answer.step - 1)]}),
        "serving": asked.installation.serving(),
        "how": list(how.FIELDS),
        "engines": [one.value for one in Engine],
        **more,
    }
    return Page("new_job.html", answer, context, _command(asked, answer) if answer.step > 2 else ())


def create_job(asked: Asked) -> Done:
    """Exactly as it was shown: by the digest of the preview. Sent twice it is still one job.

    What is another plan by now, or was filled in since it was shown, is shown first.
    """
    at = asked.one("at")
    request = {
        **_selection(asked),
        "Name": asked.one("name"),
        "ContactIds": [_id(one) for one in asked.all("contact")],
        **({"ScheduleTime": at} if at else {}),
        **how.request(asked),
        "Digest": asked.one("digest"),
        "Submit": asked.one("as") != "draft",
        "ClientToken": asked.one("key"),
    }
    if not request["Digest"] or not request["ClientToken"]:
        raise InvalidRequestError("a job is created from its preview")
    parse(CreateDeploymentJob, request)
    try:
        job = asked.installation.created(asked.world, request)
    except PlanChangedError:
        return Done(address("/jobs/new", {**_carried(asked), "step": ["3"], "changed": ["1"]}))
    return Done(f"/job?id={job.job_id}")


_CARRIED = (
    "name",
    "contact",
    "at",
    "certificate",
    "product",
    "region",
    "domain",
    "except",
    "first",
    "outage",
    "engine",
    *how.FIELDS,
)


def _carried(asked: Asked) -> dict[str, list[str]]:
    """What is said in any of the steps."""
    return {name: values for name in _CARRIED if (values := asked.all(name))}


def _selection(asked: Asked) -> dict[str, Any]:
    """As PreviewDeploymentJob is sent."""
    certificates = [cert_id_of(one) for one in asked.words("certificate")]
    if None in certificates:
        raise InvalidRequestError("certificate: the id of a certificate in CAS is needed")
    return {
        "CertIds": certificates,
        "Products": asked.words("product"),
        "Regions": asked.words("region"),
        "Domains": asked.words("domain"),
        "Except": {"Slots": asked.all("except")},
        "FirstDeployment": bool(asked.one("first")),
        "AcceptOutage": bool(asked.one("outage")),
        **({"Engine": engine} if (engine := asked.one("engine")) else {}),
        **how.waves(asked),
    }


def _id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidRequestError(f"contact: {text!r} is no number")
    return int(text)


def _command(asked: Asked, answer: NewJob) -> list[str]:
    digest = answer.preview.digest if answer.preview else None
    named = ("product", "region", "domain")
    return [
        *("job", "create", "--name", asked.one("name")),
        *options("--certificate", (cert_id_of(one) for one in asked.words("certificate"))),
        *(word for name in named for word in options(f"--{name}", asked.words(name))),
        *options("--except", asked.all("except")),
        *(["--first-deployment"] if asked.one("first") else []),
        *(["--accept-outage"] if asked.one("outage") else []),
        *options("--engine", asked.all("engine")),
        *options("--contact", asked.all("contact")),
        *options("--at", asked.all("at")),
        *how.command(asked),
        *options("--digest", [digest] if digest else []),
    ]
