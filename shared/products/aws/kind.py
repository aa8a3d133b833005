"""What AWS's kinds of slot have in common: certificates known by fingerprint."""

from collections.abc import Iterator
from typing import ClassVar

from shared.cloud import cas
from shared.cloud.api import Api
from shared.cloud.aws import Aws
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.aws.account import Leaf, Region
from shared.products.aws.imports import Imports
from shared.products.kit.changes import Carries, Change, carrying
from shared.products.kit.fingerprints import identifier_of_leaf, same
from shared.products.kit.kinds import KindWithin


class AwsKind(KindWithin):
    """Calls nothing of Alibaba Cloud but CAS, for the key pair."""

    product = CloudProduct.AWS
    api = Api("aws", "", "RPC", ram="", hosts="")
    actions: ClassVar = {}
    also_granted = cas.API.rights(cas.GET_USER_CERTIFICATE_DETAIL)
    gone = frozenset({"resourcenotfoundexception", "listenernotfound", "nosuchdistribution"})
    other_cloud = True
    aws: Aws  #: set by the adapter whose kind it is, as is `imports`
    imports: Imports

    def holders(self, region: str) -> Iterator[Region]:
        """The region itself: what one kind has read of it, the others need not."""
        yield self._region(region)

    def _region(self, name: str) -> Region:
        return Region(self.aws, name, self.page_size)

    def _in_place(self, change: Change, slot: CloudResource, leaf: Leaf) -> tuple[Carries, CloudResource]:
        """By the leaf itself: CAS may hold the very same certificate under several ids."""
        slot, wanted = self._carrying(slot, leaf), change.wanted
        if wanted and leaf.read and same(leaf.read, wanted):
            slot = slot.evolve(cert_identifier=wanted.identifier)
        return carrying(change, slot.cert_identifier), slot

    def _bears(
        self, change: Change, slot: CloudResource, arn: str, region: Region
    ) -> tuple[Carries, CloudResource]:
        """As `_in_place`. What was imported just now under this ARN is not read again."""
        wanted = change.wanted
        if wanted is None or self.imports.known(wanted, region.name) != arn:
            return self._in_place(change, slot, region.leaf(arn))
        slot = slot.evolve(cert_identifier=wanted.identifier, cert_not_after=wanted.not_after)
        return carrying(change, slot.cert_identifier), slot.named_by(wanted)

    def _carrying(self, resource: CloudResource, leaf: Leaf) -> CloudResource:
        """The slot with what can be told of the certificate in place."""
        shown = resource.evolve(
            cert_identifier=identifier_of_leaf(self._catalogue, leaf.read),
            cert_not_after=leaf.not_after,
            cert_key=leaf.key,
        )
        return shown.named_by(leaf)

    def _following(self, slot: CloudResource, arn: str, region: Region) -> CloudResource:
        """What gets its new certificate from ACM, where the same ARN has a slot, has that for an obstacle."""
        follows = self.imports.has(arn) or region.is_imported(arn)
        told = f"follows the ACM certificate {arn}, which has a slot of its own" if follows else ""
        of = slot.evolve(region=region.name, resource_id=arn).slot if follows else ""
        return slot.evolve(obstacle=told, follows=of)
