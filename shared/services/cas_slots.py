"""Which of CAS's cloud resources a slot is: by what both tell of it, and only if exactly one fits."""

from collections.abc import Callable, Sequence
from typing import Final

from shared.cloud.cas_jobs import CasResource
from shared.domain.accounts import parted
from shared.domain.names import NotAHostNameError, normalize
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError

_ACTION: Final = "ListCloudResources"
_DIRECTLY: Final = "or deploy it with the engine `direct`"


def resource_of(slot: CloudResource, known: Sequence[CasResource]) -> int:
    """Its id. `known`: those of the slot's product.

    Raises:
        CloudRejectedError: CAS knows none, or it cannot be told which.
    """
    if not known:
        raise CloudRejectedError(
            _ACTION,
            "NotSynchronised",
            f"CAS knows no cloud resources of {slot.product.value}: synchronise them in its console, under"
            f" the deployment tasks, {_DIRECTLY}",
        )
    found = [one for one in known if all(fits(slot, one) for fits in _needed(slot))]
    for narrower in (_same_instance, _same_region, _same_certificate):
        narrowed = [one for one in found if narrower(slot, one)]
        found = narrowed if len(found) > 1 and narrowed else found
    if len(found) == 1:
        return found[0].resource_id
    if not found:
        raise CloudRejectedError(
            _ACTION,
            "NotSynchronised",
            f"{slot.slot} is not among the cloud resources that CAS knows, where new ones and changes appear"
            f" late: synchronise them in its console, {_DIRECTLY}",
        )
    raise CloudRejectedError(
        _ACTION, "Ambiguous", f"{len(found)} of CAS's cloud resources may be {slot.slot}: {_DIRECTLY[3:]}"
    )


_Fits = Callable[[CloudResource, CasResource], bool]


def _needed(slot: CloudResource) -> Sequence[_Fits]:
    if slot.role is SlotRole.DOMAIN:
        return (_same_domain,)
    if slot.role is SlotRole.DEFAULT:
        return (_same_listener, _same_instance, _is_default)
    own = (_same_certificate,) if slot.domains_of_certificate else (_same_domain,)
    return (_same_listener, _same_instance, _is_additional, *own)


def _same_domain(slot: CloudResource, one: CasResource) -> bool:
    return bool({_normal(name) for name in one.domain.split(",")} & set(slot.domains))


def _normal(name: str) -> str:
    try:
        return normalize(name)
    except NotAHostNameError:
        return ""


def _same_listener(slot: CloudResource, one: CasResource) -> bool:
    return one.listener_id == slot.listener_id or (one.port is not None and one.port == slot.port)


def _same_instance(slot: CloudResource, one: CasResource) -> bool:
    return not slot.instance_id or one.instance_id == slot.instance_id


def _same_region(slot: CloudResource, one: CasResource) -> bool:
    return one.region == (slot.region or slot.location)


def _same_certificate(slot: CloudResource, one: CasResource) -> bool:
    return one.cert_id is not None and parted(slot.cert_identifier)[1].partition("-")[0] == str(one.cert_id)


def _is_default(slot: CloudResource, one: CasResource) -> bool:
    return one.default is not False


def _is_additional(slot: CloudResource, one: CasResource) -> bool:
    return one.default is not True
