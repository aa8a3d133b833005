"""Create deployment jobs: on request, or because a certificate was issued or is about to expire."""

import logging
import uuid
from collections.abc import Callable
from typing import Any, Final

from shared.domain.certificates import CertificateRecord
from shared.domain.events import CertificateExpiring, CertificateIssued, SlotsEnding
from shared.domain.jobs import MANUAL, DeploymentJob
from shared.domain.requests import CreateDeploymentJob
from shared.domain.several import by_reason
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.errors import ApprovalRequiredError, InvalidRequestError, PlanChangedError
from shared.services.approval import check_approval, who_asks, why_approved_by_another
from shared.services.automatic import plan_what_changed
from shared.services.changes import Changes
from shared.services.contacts import check_contacts
from shared.services.freezing import check_not_frozen
from shared.services.policies import policies_of
from shared.services.preview import preview
from shared.services.storing import create, created, submitted, token_of_person
from shared.services.strangers_planned import plan_for_strangers
from shared.services.unseen import Unseen
from shared.services.world import World
from shared.validation.jobs import check_job

log = logging.getLogger("certdeploy.create")


class Created(Wire):
    jobs: tuple[DeploymentJob, ...] = ()
    note: str = ""


def create_deployment_jobs(
    world: World, request: CreateDeploymentJob | CertificateIssued | CertificateExpiring | SlotsEnding
) -> Created:
    """Plan, create the job, submit it. The same request or event never makes a second job."""
    return _BY_TYPE[type(request)](world, request)


def _requested(world: World, request: CreateDeploymentJob) -> Created:
    token = token_of_person(request.client_token or str(uuid.uuid4()))
    if job := created(world, token):
        return Created(jobs=(_as_asked(world, request, job),), note="already exists")
    check_job(request, world.clock())
    check_contacts(world, request.contact_ids)
    check_not_frozen(world, request.schedule_time, allowed=request.during_freeze or not request.submit)
    plan = preview(world, request)
    if request.digest is not None and request.digest != plan.digest:
        raise PlanChangedError(
            f"the plan is now {plan.digest}, not {request.digest}: slots, certificates or waves"
            " have changed since the preview; preview again and approve what it shows"
        )
    reasons = by_reason((left.resource.slot, left.reason) for left in plan.left_alone)
    if request.resource_ids and reasons:
        raise InvalidRequestError(f"ResourceIds: {reasons}")
    if not plan.deployments:
        nothing = "no discovered slot serves a name of the certificate"
        raise InvalidRequestError(f"nothing to deploy: {reasons or nothing}")
    who = who_asks(world, request.by)
    if request.submit and (by := why_approved_by_another(world, plan.deployments, request.require_approval)):
        raise ApprovalRequiredError(
            f"{by} wants a second person to submit this job: create a draft (`--draft`), for another one"
        )
    job = create(
        world,
        plan,
        name=request.name,
        token=token,
        request_digest=request.what,
        origin=MANUAL,
        submit=request.submit,
        schedule_time=request.schedule_time,
        contact_ids=request.contact_ids,
        during_freeze=request.during_freeze,
        require_approval=request.require_approval,
        who=who,
    )
    return Created(jobs=(_as_asked(world, request, job),))


def _as_asked(world: World, request: CreateDeploymentJob, job: DeploymentJob) -> DeploymentJob:
    """The job of the request's token, which another one may have made. A draft may be submitted so."""
    if job.request_digest not in ("", request.what):
        raise InvalidRequestError(
            f"ClientToken: it was used for another request, which made job {job.job_id}; repeat that"
            " request unchanged, or choose another token"
        )
    if not request.submit or job.status is not JobStatus.EDITING:
        return job
    who = who_asks(world, request.by)
    check_approval(world, job, world.workers.list(job.job_id), who)
    return submitted(world, job.evolve(submitted_by=who))


def _issued(world: World, event: CertificateIssued) -> Created:
    record = world.certificates.get(event.cert_identifier)
    why_not = record.certificate.why_not_deployable(world.clock())
    no_news = why_not if why_not and not record.issued_handled else "already planned for"
    return _planned(world, record, no_news, "it replaces no certificate in service")


def _expiring(world: World, event: CertificateExpiring) -> Created:
    record = world.certificates.get(event.cert_identifier)
    return _planned(world, record, f"{event.cert_identifier} has already been handled", "")


def _planned(world: World, record: CertificateRecord, no_news: str, no_jobs: str) -> Created:
    """For everything that has changed: the certificate of an event is a part of it."""
    if not Changes.among(world, [record], Unseen(world), policies_of(world)):
        return Created(note=no_news)
    planned = plan_what_changed(world)
    note = "" if planned.jobs else planned.note or no_jobs
    if note:
        facts = {"cert_identifier": record.certificate.identifier, "reason": note}
        log.info("no job was created", extra=facts)
    return Created(jobs=planned.jobs, note=note)


def _ending(world: World, _: SlotsEnding) -> Created:
    planned = plan_for_strangers(world)
    if planned.note:
        log.info("no job was created", extra={"reason": planned.note})
    return Created(jobs=planned.jobs, note=planned.note)


_BY_TYPE: Final[dict[type[Wire], Callable[[World, Any], Created]]] = {
    CreateDeploymentJob: _requested,
    CertificateIssued: _issued,
    CertificateExpiring: _expiring,
    SlotsEnding: _ending,
}
