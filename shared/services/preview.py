"""What a job would do that a person asks for: which slots are meant, and what becomes of each."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.engines import Engine, by_cas
from shared.domain.job_requests import PickSlots
from shared.domain.matching import Action
from shared.domain.plans import Plan, PlanEntry
from shared.domain.requests import PreviewDeploymentJob
from shared.domain.resources import CloudResource
from shared.domain.several import some_of
from shared.errors import InvalidRequestError, NotFoundError
from shared.products import supported_products
from shared.services.foreseen import foreseen
from shared.services.listeners import Listeners
from shared.services.lists import check_accounts, check_regions
from shared.services.picking import check_spared, picked_by, picks_nothing
from shared.services.plan import as_plan, asked_for, candidates, weigh
from shared.services.policies import policies_of, waves_for
from shared.services.world import World

EXCEPTED: Final = "except"  #: the rule that keeps a certificate away from what was excepted
_EXCEPTED: Final = "left out, as asked"


def preview(world: World, request: PreviewDeploymentJob) -> Plan:
    """The plan that a job of this request would carry out.

    Raises:
        NotFoundError: unknown certificates or slots.
        InvalidRequestError: undeployable certificates, mixed types; something is selected that is nowhere.
    """
    certificates = asked_for(world, request.cert_ids)
    named = bool(request.resource_ids)
    meant = _named(world, request.resource_ids) if named else candidates(world, certificates)
    slots = _selected(world, request, meant)
    listeners, policies = Listeners(world), policies_of(world)
    entries = weigh(
        world,
        certificates,
        slots,
        policies.book,
        first_deployment=request.first_deployment,
        named=named,
        keep_pairs=None if named else listeners,
    )
    entries = _but(world, request.but, entries)
    planned = _of_one_type(certificates, entries)
    planned = planned.evolve(
        accept_outage=request.accept_outage,
        engine=request.engine or _engine_by_policy(world, planned.deployments),
        waves=waves_for(world, len(planned.deployments), request.waves),
    )
    return foreseen(world, planned, listeners, policies)


def _engine_by_policy(world: World, deployments: Sequence[PlanEntry]) -> Engine:
    """That of the policies, or else of the settings. Slots of products that only one can write have no say.

    Raises:
        InvalidRequestError: slots fall under both.
    """
    usual = world.policy.engine
    found = Counter(one.engine or usual for one in deployments if by_cas(one.resource.product))
    if len(found) > 1:
        counts = f"{found[Engine.CAS]} of its slots are written by cas and {found[Engine.DIRECT]} directly"
        raise InvalidRequestError(
            f"Engine: by the policies {counts}; name one engine for all, or make a job for each"
        )
    return next(iter(found), usual)


def _of_one_type(certificates: Sequence[Certificate], entries: Sequence[PlanEntry]) -> Plan:
    return as_plan(entries, certificates[0].source) if entries else Plan(entries=())


def _selected(
    world: World, request: PreviewDeploymentJob, slots: Sequence[CloudResource]
) -> list[CloudResource]:
    """Those of the products, regions and names that are asked for: everything that is given has to fit.

    Raises:
        InvalidRequestError: a value fits none of them, or a slot that is named fits not all that is given.
    """
    check_accounts(world, request.accounts)
    check_regions(world, request.regions, request.products or supported_products())
    narrowing = [
        ("Products", PickSlots(products=request.products)),
        ("Accounts", PickSlots(accounts=request.accounts)),
        ("Regions", PickSlots(regions=request.regions)),
        ("Domains", PickSlots(domains=request.domains)),
    ]
    whose = "that is named" if request.resource_ids else "with a name that a certificate covers"
    fits: list[Callable[[CloudResource], bool]] = []
    for field, pick in narrowing:
        if none := picks_nothing(pick, slots):
            raise InvalidRequestError(f"{field}: {some_of(none)}: no slot {whose}")
        fits += [] if pick.empty else [picked_by(pick)]
    kept = [slot for slot in slots if all(fit(slot) for fit in fits)]
    if fits and not kept and not request.resource_ids:
        fields = ", ".join(field for field, pick in narrowing if not pick.empty)
        raise InvalidRequestError(f"nothing to deploy: {fields}: no slot {whose} fits all of these at once")
    if request.resource_ids and len(kept) < len(slots):
        there = {slot.slot for slot in kept}
        others = some_of([slot.slot for slot in slots if slot.slot not in there])
        raise InvalidRequestError(
            f"ResourceIds: {others}: not of the products, regions and names that are asked for, too"
        )
    return kept


def _but(world: World, but: PickSlots, entries: list[PlanEntry]) -> list[PlanEntry]:
    """What would be deployed and is excepted is left alone, and said so.

    Raises:
        InvalidRequestError: something that is excepted fits no slot at all: misspelt, it would spare nothing.
    """
    check_spared(world, but, (entry.resource for entry in entries))
    excepted = picked_by(but)
    return [
        entry.evolve(action=Action.LEAVE, rule=EXCEPTED, reason=_EXCEPTED)
        if entry.action is Action.DEPLOY and excepted(entry.resource)
        else entry
        for entry in entries
    ]


def _named(world: World, slots: tuple[str, ...]) -> list[CloudResource]:
    records = world.resources.find_many(slots)
    if unknown := [slot for slot in slots if slot not in records]:
        raise NotFoundError("Slot", some_of(unknown), "`certdeploy resource list` shows all")
    return [record.resource for record in records.values()]
