"""HTTPS and TLS listeners of ELBv2: the default certificate and each additional one are slots.

One whose certificate was imported into ACM follows that one. Otherwise (issued by Amazon, or of IAM) the
new certificate is imported as a further one, and takes the place: added first, then the old one removed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from shared.domain.jobs import HalfMade
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError
from shared.products.aws.account import Listener, Region, default_of
from shared.products.aws.kind import AwsKind
from shared.products.kit.changes import Carries, Change, Look
from shared.products.kit.fingerprints import same
from shared.products.kit.found import Found, Unread, told
from shared.products.kit.means import Means

_LOST: Final = "lost"  #: begins the stage in which other certificates of the listener are put back


@dataclass(frozen=True)
class _Arns:
    """Of a listener's certificates."""

    default: str
    additional: list[str]
    lost: list[str] = field(default_factory=list)  #: by the change of the default, which is to leave them


class Listeners(AwsKind):
    at_once = True

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        #: by listener, the additional ones that it had when its default was changed, until that is shown
        self._had: dict[str, list[str]] = {}

    def within(self, region: str, holder: Region) -> Iterator[Found]:
        for listener in holder.listeners:
            if isinstance(listener, Unread):
                yield listener
                continue
            for arn in listener.arns:
                yield from told(f"{listener.arn}/{arn}", partial(self._slots, listener, arn, holder))

    def _slots(self, listener: Listener, arn: str, region: Region) -> Iterator[CloudResource]:
        yield self._slot(listener, arn, region)

    def _slot(self, listener: Listener, arn: str, region: Region) -> CloudResource:
        default = arn == listener.arns[0]
        slot = CloudResource(
            product=self.product,
            region=region.name,
            resource_id=listener.arn if default else f"{listener.arn}/{arn}",
            instance_id=listener.balancer.needed("LoadBalancerArn"),
            instance_name=listener.name,
            listener_id=listener.arn,
            port=listener.port,
            role=SlotRole.DEFAULT if default else SlotRole.ADDITIONAL,
            domains_of_certificate=True,
            endpoint=listener.endpoint,
        )
        return self._following(self._carrying(slot, region.leaf(arn)), arn, region)

    def _look_at_all(self, changes: Sequence[Change]) -> list[Look | None]:
        region = self._region(changes[0].resource.region)
        arns = self._now(changes[0].resource, region)
        looks = [self._shown(change, arns, region) for change in changes]
        lost = [arn for look in looks if look and look.stage.startswith(_LOST) for arn in look.held.lost]
        return [
            Look(Carries.BETWEEN, change.resource, settled=False) if _arn(change.resource) in lost else look
            for change, look in zip(changes, looks, strict=True)
        ]

    def _shown(self, change: Change, arns: _Arns, region: Region) -> Look | None:
        resource, default, additional = change.resource, arns.default, arns.additional
        arn = default if resource.role is SlotRole.DEFAULT else _arn(resource)
        if arn not in (default, *additional) or (arn == default and resource.role is not SlotRole.DEFAULT):
            return self._succeeded(change, arns, region)
        carries, slot = self._bears(change, resource, arn, region)
        if carries is Carries.WANTED:
            slot = self._following(slot, arn, region)
            if lost := self._lost(resource, arns):
                return Look(
                    Carries.BETWEEN, slot, stage=f"{_LOST} {len(lost)}", held=replace(arns, lost=lost)
                )
        new = "" if resource.role is SlotRole.DEFAULT else self._bearing(change, arns, region)
        if not new:
            return Look(carries, slot, held=arns)
        if new not in (default, *additional):
            return Look(carries, slot, stage="imported", leaves=HalfMade.ADDED, held=arns)
        ours = HalfMade.ADDED in change.half_made and new in additional
        added = self._carrying(_placed(resource, new), region.leaf(new)) if ours else None
        return Look(carries, slot, stage="added", added=added, held=arns)

    def _bearing(self, change: Change, arns: _Arns, region: Region) -> str:
        """The ARN of the wanted certificate, as far as it is known; "" if it is not.

        Where a change is taken back, one that the listener has need not be an imported one.
        """
        if (wanted := change.wanted) is None:
            return ""
        known = self.imports.known(wanted, region.name)
        if known or not (change.undoes or change.half_made):
            return known
        own = change.resource.resource_id, _arn(change.resource)
        others = (arn for arn in arns.additional if arn not in own)
        return next((arn for arn in others if (leaf := region.leaf(arn).read) and same(leaf, wanted)), "")

    def _succeeded(self, change: Change, arns: _Arns, region: Region) -> Look | None:
        """An additional slot is named by its certificate: another one has come in the old one's place.

        That may be the listener's default, if the wanted one is the default by now.
        """
        resource, default, additional = change.resource, arns.default, arns.additional
        candidates = (*additional, *((default,) if change.begun else ()))
        for arn in candidates if change.wanted else ():
            place = _placed(resource, arn)
            if arn == default:
                place = resource.evolve(resource_id=resource.listener_id, role=SlotRole.DEFAULT)
            carries, slot = self._bears(change, place, arn, region)
            if carries is Carries.WANTED:
                return Look(carries, self._following(slot, arn, region), held=arns)
        return None

    def beside(self, look: Look) -> Sequence[CloudResource]:
        """What each of them is has to be asked of ACM or IAM."""
        slot, arns = look.slot, look.held
        region = self._region(slot.region)
        there = {arn: _placed(slot, arn) for arn in arns.additional}
        there[arns.default] = slot.evolve(resource_id=slot.listener_id)
        others = {arn: one for arn, one in there.items() if one.resource_id != slot.resource_id}
        return [self._carrying(one, region.leaf(arn)) for arn, one in others.items()]

    def _write(self, change: Change, look: Look) -> None:
        """An additional one is added before the old one is removed: the next look comes in between, and
        one before, which tells whether the listener had it already."""
        assert change.wanted is not None, "a first deployment is refused"
        resource = change.resource
        region = self._region(resource.region)
        if look.stage.startswith(_LOST):
            self._set("AddListenerCertificates", region, resource.listener_id, look.held.lost[0])
            return
        if look.stage == "added":
            self._set("RemoveListenerCertificates", region, resource.listener_id, _arn(resource))
            return
        new = self.imports.arn(change.wanted, region)
        if resource.role is SlotRole.DEFAULT:
            self._had[resource.listener_id] = [arn for arn in look.held.additional if arn != new]
            self._set("ModifyListener", region, resource.listener_id, new)
        elif look.leaves is HalfMade.ADDED:
            self._set("AddListenerCertificates", region, resource.listener_id, new)

    def left_behind(self, change: Change, look: Look | None) -> str:
        if not (look and look.stage == "added" and look.carries is Carries.EXPECTED):
            return ""
        both = f"{change.resource.cert_identifier} and {change.wanted.identifier if change.wanted else ''}"
        return f"the listener has both {both}: roll the job back, or take one off in the AWS console"

    def _lost(self, resource: CloudResource, arns: _Arns) -> list[str]:
        """A new default leaves the others, by the documentation; if not, they come back."""
        if resource.role is not SlotRole.DEFAULT:
            return []
        there = (arns.default, *arns.additional)
        lost = [arn for arn in self._had.get(resource.listener_id, ()) if arn not in there]
        if not lost:
            self._had.pop(resource.listener_id, None)
        return lost

    def _set(self, action: str, region: Region, listener: str, arn: str) -> None:
        self.aws.call(action, region.name, ListenerArn=listener, Certificates=[{"CertificateArn": arn}])

    def _now(self, resource: CloudResource, region: Region) -> _Arns:
        """ARNs of the listener's default certificate and of the others."""
        arn = resource.listener_id
        rows = self.aws.call("DescribeListeners", region.name, ListenerArns=[arn]).rows("Listeners")
        if not rows:
            raise CloudRejectedError("DescribeListeners", "ListenerNotFound", arn)
        default = default_of(rows[0])
        return _Arns(default, region.additional(arn, default))


def _placed(resource: CloudResource, arn: str) -> CloudResource:
    """The additional slot with this certificate."""
    return resource.evolve(resource_id=f"{resource.listener_id}/{arn}")


def _arn(resource: CloudResource) -> str:
    """The certificate by which an additional slot is named."""
    return resource.resource_id.removeprefix(f"{resource.listener_id}/")
