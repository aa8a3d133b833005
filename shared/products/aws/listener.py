"""HTTPS and TLS listeners of ELBv2: the default certificate and each additional one are slots.

One whose certificate was imported into ACM follows that one. Otherwise (issued by Amazon, or of IAM) the
new certificate is imported as a further one, and takes the place: added first, then the old one removed.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeAlias

from shared.domain.jobs import HalfMade
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError, CloudUnavailableError
from shared.products.aws.account import Listener, Region, default_of
from shared.products.aws.kind import AwsKind
from shared.products.kit.changes import Carries, Change, Look
from shared.products.kit.fingerprints import same
from shared.products.kit.found import Found, Unread, told

_Arns: TypeAlias = tuple[str, list[str]]  #: of a listener's default certificate and of the others


class Listeners(AwsKind):
    at_once = True

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
        return [self._shown(change, arns, region) for change in changes]

    def _shown(self, change: Change, arns: _Arns, region: Region) -> Look | None:
        resource, (default, additional) = change.resource, arns
        arn = default if resource.role is SlotRole.DEFAULT else _arn(resource)
        if arn not in (default, *additional) or (arn == default and resource.role is not SlotRole.DEFAULT):
            return self._succeeded(change, arns, region)
        carries, slot = self._in_place(change, resource, region.leaf(arn))
        if carries is Carries.WANTED:
            slot = self._following(slot, arn, region)
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
        others = (arn for arn in arns[1] if arn not in own)
        return next((arn for arn in others if (leaf := region.leaf(arn).read) and same(leaf, wanted)), "")

    def _succeeded(self, change: Change, arns: _Arns, region: Region) -> Look | None:
        """An additional slot is named by its certificate: another one has come in the old one's place.

        That may be the listener's default, if the wanted one is the default by now.
        """
        resource, (default, additional) = change.resource, arns
        candidates = (*additional, *((default,) if change.begun else ()))
        for arn in candidates if change.wanted else ():
            place = _placed(resource, arn)
            if arn == default:
                place = resource.evolve(resource_id=resource.listener_id, role=SlotRole.DEFAULT)
            carries, slot = self._in_place(change, place, region.leaf(arn))
            if carries is Carries.WANTED:
                return Look(carries, self._following(slot, arn, region), held=arns)
        return None

    def beside(self, look: Look) -> Sequence[CloudResource]:
        """What each of them is has to be asked of ACM or IAM."""
        slot, (default, additional) = look.slot, look.held
        region = self._region(slot.region)
        there = {arn: _placed(slot, arn) for arn in additional}
        there[default] = slot.evolve(resource_id=slot.listener_id)
        others = {arn: one for arn, one in there.items() if one.resource_id != slot.resource_id}
        return [self._carrying(one, region.leaf(arn)) for arn, one in others.items()]

    def _write(self, change: Change, look: Look) -> None:
        """An additional one is added before the old one is removed: the next look comes in between, and
        one before, which tells whether the listener had it already."""
        assert change.wanted is not None, "a first deployment is refused"
        resource = change.resource
        region, (_, additional) = self._region(resource.region), look.held
        if look.stage == "added":
            self._set("RemoveListenerCertificates", region, resource.listener_id, _arn(resource))
            return
        new = self.imports.arn(change.wanted, region)
        if resource.role is SlotRole.DEFAULT:
            self._replace_default(resource, region, additional, new)
        elif look.leaves is HalfMade.ADDED:
            self._set("AddListenerCertificates", region, resource.listener_id, new)

    def _left_behind(self, change: Change, look: Look | None) -> str:
        if not (look and look.stage == "added" and look.carries is Carries.EXPECTED):
            return ""
        both = f"{change.resource.cert_identifier} and {change.wanted.identifier if change.wanted else ''}"
        return f"the listener has both {both}: roll the job back, or take one off in the AWS console"

    def _replace_default(
        self, resource: CloudResource, region: Region, additional: list[str], new: str
    ) -> None:
        """The others are put back here, as long as none of them is being exchanged."""
        try:
            self._set("ModifyListener", region, resource.listener_id, new)
        except CloudUnavailableError:
            self._put_back(resource, region, additional, new)  # it may have been made all the same
            raise
        self._put_back(resource, region, additional, new)

    def _put_back(self, resource: CloudResource, region: Region, additional: list[str], new: str) -> None:
        """A new default leaves the others, by the documentation; if not, they come back."""
        kept = self._now(resource, region)[1]
        for arn in additional:
            if arn not in (*kept, new):
                self._set("AddListenerCertificates", region, resource.listener_id, arn)

    def _set(self, action: str, region: Region, listener: str, arn: str) -> None:
        self.aws.call(action, region.name, ListenerArn=listener, Certificates=[{"CertificateArn": arn}])

    def _now(self, resource: CloudResource, region: Region) -> _Arns:
        """ARNs of the listener's default certificate and of the others."""
        arn = resource.listener_id
        rows = self.aws.call("DescribeListeners", region.name, ListenerArns=[arn]).rows("Listeners")
        if not rows:
            raise CloudRejectedError("DescribeListeners", "ListenerNotFound", arn)
        default = default_of(rows[0])
        return default, region.additional(arn, default)


def _placed(resource: CloudResource, arn: str) -> CloudResource:
    """The additional slot with this certificate."""
    return resource.evolve(resource_id=f"{resource.listener_id}/{arn}")


def _arn(resource: CloudResource) -> str:
    """The certificate by which an additional slot is named."""
    return resource.resource_id.removeprefix(f"{resource.listener_id}/")
