"""Edit a job that has not begun: its name, time and contacts, its slots, its certificates, its waves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domain.certificates import Certificate
from shared.domain.job_requests import EditDeploymentJob
from shared.domain.jobs import DeploymentJob
from shared.domain.matching import Action
from shared.domain.plans import Plan, PlanEntry
from shared.domain.several import by_reason, some_of
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.domain.waves import of_job
from shared.errors import ConflictError, InvalidRequestError, PlanChangedError
from shared.services.approval import UNKNOWN, who_asks, why_approved_by_another
from shared.services.contacts import check_contacts
from shared.services.freezing import check_not_frozen
from shared.services.moved import plan_of
from shared.services.picking import check_spared, picked_by, picks_nothing
from shared.services.plan import asked_for, candidates, weigh
from shared.services.policies import policies_of
from shared.services.reworking import reworked
from shared.services.storing import told_as_draft
from shared.services.world import World
from shared.validation.contacts import contact_problems
from shared.validation.names import job_name_problems
from shared.validation.problems import refuse_if_any
from shared.validation.schedules import schedule_problems


class LeftOut(Wire):
    """A slot that the job has no more, or does not get, and why."""

    slot: str
    reason: str


class Edited(Wire):
    job: DeploymentJob
    left_out: tuple[LeftOut, ...] = ()


def edit_job(world: World, request: EditDeploymentJob) -> Edited:
    """The job as it is by now, with another digest if its slots, certificates or waves are others.

    Raises:
        InvalidRequestError: it has begun, what is asked for is wrong, or nothing of it would be left.
        PlanChangedError: it was edited since it was seen.
        ConflictError: somebody else is changing it.
    """
    job = world.jobs.get(request.job_id)
    _check(job, request, world.clock())
    check_contacts(world, request.contact_ids or ())
    entries = {entry.resource.slot: entry for entry in plan_of(job, world.workers.list(job.job_id)).entries}
    check_spared(world, request.but, (entry.resource for entry in entries.values()))
    before, left = dict(entries), dict[str, str]()
    certificates = _certificates(world, job, request)
    _drop(entries, request, left)
    if request.renew or request.cert_ids:
        entries = _anew(world, job, request, certificates, entries, left)
    _add(world, request, certificates, entries, left)
    if not entries:
        raise InvalidRequestError(
            f"nothing of job {job.job_id} would be left; cancel it ({by_reason(left.items())})"
        )
    facts = _facts(request, world.clock())
    if job.status is JobStatus.PENDING and "schedule_time" in facts:
        allowed = request.during_freeze or job.during_freeze
        check_not_frozen(world, facts["schedule_time"], allowed=allowed)
    plan = _planned(job, request, entries, certificates)
    same = entries == before and plan.waves == job.waves and job.changing_until is None
    same = same and (job.during_freeze or not request.during_freeze)  # that it may is to be approved, too
    # A version before left waves out of the digest, which is made good where they are planned anew.
    if same and not (request.renew and plan.digest != job.plan_digest):
        return Edited(job=reworked(world, job, None, facts) if facts else job, left_out=_left(left))
    authors = (*(job.drafted_by or (UNKNOWN,)), who_asks(world, request.by))
    facts |= {"drafted_by": tuple(dict.fromkeys(authors)), "submitted_by": ""}
    again = bool(why_approved_by_another(world, plan.deployments, job.require_approval))
    edited = reworked(world, job, plan, facts, to_draft=again)
    if job.status is JobStatus.PENDING and edited.status is JobStatus.EDITING:
        edited = told_as_draft(world, edited)
    return Edited(job=edited, left_out=_left(left))


def _check(job: DeploymentJob, request: EditDeploymentJob, now: datetime) -> None:
    if job.status not in (JobStatus.EDITING, JobStatus.PENDING) or job.cancelled_at is not None:
        status = "being cancelled" if job.cancelled_at and not job.status.final else job.status.value
        raise InvalidRequestError(f"job {job.job_id} is {status}: only what has not begun can be edited")
    if job.changing(now):
        raise ConflictError("DeploymentJob", job.job_id)
    if request.digest not in (None, job.plan_digest):
        raise PlanChangedError(
            f"the digest of job {job.job_id} is {job.plan_digest}, not {request.digest}: it was edited since"
        )
    if request.edits not in (None, job.edits):
        raise PlanChangedError(f"job {job.job_id} was edited since it was seen; look at it again")
    problems = [f"Name: {one}" for one in job_name_problems(request.name)] if request.name else []
    if request.schedule_time is not None:
        problems += [f"ScheduleTime: {one}" for one in schedule_problems(request.schedule_time, now)]
        problems += ["AtOnce: a time is given, too; choose one"] if request.at_once else []
    problems += [f"ContactIds: {one}" for one in contact_problems(request.contact_ids or ())]
    if not request.but.empty and request.add.empty and request.drop.empty:
        problems.append("Except: it spares what is added or dropped, and neither Add nor Drop is given")
    if request.first_deployment and request.add.empty:
        problems.append("FirstDeployment: it is for slots that are added, and Add is not given")
    refuse_if_any("edit", problems)


def _certificates(world: World, job: DeploymentJob, request: EditDeploymentJob) -> list[Certificate]:
    """Those that are asked for; else the job's, as far as they can be deployed."""
    if request.cert_ids:
        return asked_for(world, request.cert_ids)
    found = world.certificates.find_many(job.cert_identifiers)
    known = [record.certificate for record in found.values()]
    deployable = [one for one in known if one.why_not_deployable(world.clock()) is None]
    if not deployable and (request.renew or not request.add.empty):
        raise InvalidRequestError(
            f"no certificate of job {job.job_id} can be deployed any more; name others (CertIds)"
        )
    return deployable or known


def _drop(entries: dict[str, PlanEntry], request: EditDeploymentJob, left: dict[str, str]) -> None:
    drops, spared = picked_by(request.drop), picked_by(request.but)
    if none := picks_nothing(request.drop, (entry.resource for entry in entries.values())):
        raise InvalidRequestError(f"Drop: {some_of(none)}: no slot of the job")
    for slot, entry in list(entries.items()):
        if drops(entry.resource) and not spared(entry.resource):
            del entries[slot]
            left[slot] = "dropped, as asked"


def _anew(
    world: World,
    job: DeploymentJob,
    request: EditDeploymentJob,
    certificates: list[Certificate],
    entries: Mapping[str, PlanEntry],
    left: dict[str, str],
) -> dict[str, PlanEntry]:
    """The slots as they are by now. Those that had no certificate were to get their first one."""
    now = world.resources.find_many(entries)
    left |= {slot: "discovery no longer finds it" for slot in entries if slot not in now}
    weighed = weigh(
        world,
        certificates,
        [record.resource for record in now.values()],
        policies_of(world).book,
        first_deployment=any(not entry.resource.cert_identifier for entry in entries.values()),
        automatic=job.automatic and not request.cert_ids,
    )
    left |= {one.resource.slot: one.reason for one in weighed if one.action is Action.LEAVE}
    return {one.resource.slot: one for one in weighed if one.action is Action.DEPLOY}


def _add(
    world: World,
    request: EditDeploymentJob,
    certificates: list[Certificate],
    entries: dict[str, PlanEntry],
    left: dict[str, str],
) -> None:
    if request.add.empty:
        return
    adds, spared = picked_by(request.add), picked_by(request.but)
    named = [record.resource for record in world.resources.find_many(request.add.slots).values()]
    known = {one.slot: one for one in (*candidates(world, certificates), *named)}
    if none := picks_nothing(request.add, known.values()):
        raise InvalidRequestError(
            f"Add: {some_of(none)}: no slot that discovery has found and a certificate of the job covers"
        )
    new = [one for one in known.values() if adds(one) and not spared(one) and one.slot not in entries]
    for one in weigh(
        world, certificates, new, policies_of(world).book, first_deployment=request.first_deployment
    ):
        if one.action is Action.DEPLOY:
            entries[one.resource.slot] = one
        else:
            left[one.resource.slot] = one.reason
    if refused := [slot for slot in request.add.slots if slot in left]:
        raise InvalidRequestError(f"Add: {by_reason((slot, left[slot]) for slot in refused)}")


def _planned(
    job: DeploymentJob,
    request: EditDeploymentJob,
    entries: Mapping[str, PlanEntry],
    certificates: Sequence[Certificate],
) -> Plan:
    return plan_of(job, ()).evolve(
        entries=tuple(entries.values()),
        cert_type=certificates[0].source.value if request.cert_ids else job.cert_type,
        waves=job.waves if request.waves is None else of_job(request.waves),
    )


def _facts(request: EditDeploymentJob, now: datetime) -> dict[str, Any]:
    """Fields of the job that are given, apart from what it writes and in which waves."""
    at = now if request.at_once else request.schedule_time
    return {
        **({"name": request.name} if request.name else {}),
        **({"schedule_time": at} if at is not None else {}),
        **({"during_freeze": True} if request.during_freeze else {}),
        **({"contact_ids": request.contact_ids} if request.contact_ids is not None else {}),
    }


def _left(left: Mapping[str, str]) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(slot=slot, reason=why) for slot, why in sorted(left.items()))
