"""Imported ACM certificates: a slot each, renewed in place. What uses the ARN need not be touched."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from shared.cloud.aws import Answer
from shared.domain.names import covers
from shared.domain.resources import CloudResource
from shared.domain.stored import StoredCertificate
from shared.errors import CloudRejectedError
from shared.products.aws.account import Leaf, Region
from shared.products.aws.kind import AwsKind
from shared.products.kit.changes import Change, Look
from shared.products.kit.fingerprints import identifier_of_leaf
from shared.products.kit.found import Found, Unread, told


class Imported(AwsKind):
    has_store = True
    in_use = frozenset({"resourceinuseexception"})
    not_stored = frozenset({"resourcenotfoundexception"})

    def stored(self, region: str) -> Iterator[StoredCertificate | Unread]:
        """Those that were imported: the others AWS renews by itself."""
        holder = self._region(region)
        for arn, row in holder.imported.items():
            yield from told(arn, partial(self._stored, arn, row, holder))

    def _stored(self, arn: str, row: Answer, holder: Region) -> Iterator[StoredCertificate]:
        leaf, put = holder.leaf(arn), row.get("ImportedAt") or row.get("CreatedAt")
        used = holder.used_by(arn) if row.flag("InUse") is None else row.flag("InUse") and "something"
        yield StoredCertificate(
            product=self.product,
            region=holder.name,
            stored_id=arn,
            name=next(iter(leaf.names), ""),
            cert_identifier=identifier_of_leaf(self._catalogue, leaf.read),
            not_after=leaf.not_after,
            put_at=put if isinstance(put, datetime) else None,
            is_slot=True,
            kept=f"ACM says that {used} uses it" if used else "",
        )

    def _drop(self, stored: StoredCertificate) -> str:
        """Another certificate may have come under its ARN, and something new may use it."""
        region = self._region(stored.region)
        if used := region.used_by(stored.stored_id):
            return f"ACM says that {used} uses it"
        if identifier_of_leaf(self._catalogue, region.leaf(stored.stored_id).read) != stored.cert_identifier:
            return "it has another certificate by now"
        self.aws.call("DeleteCertificate", stored.region, CertificateArn=stored.stored_id)
        return ""

    def within(self, region: str, holder: Region) -> Iterator[Found]:
        for arn in holder.imported:
            yield from self._once(f"acm/{arn}", told(arn, partial(self._slot, region, arn, holder)))

    def _slot(self, region: str, arn: str, holder: Region) -> Iterator[CloudResource]:
        leaf = holder.leaf(arn)
        where = _met(arn, leaf, holder)
        slot = CloudResource(
            product=self.product,
            region=region,
            resource_id=arn,
            instance_id=arn,
            instance_name=where.holder,
            domains_of_certificate=True,
            endpoint=where.endpoint,
            server_names=where.server_names,
        )
        yield self._carrying(slot, leaf)

    def _look(self, change: Change) -> Look:
        resource = change.resource
        leaf = self._region(resource.region).leaf(resource.resource_id)
        return Look(*self._in_place(change, resource, leaf), held=leaf)

    def _write(self, change: Change, look: Look) -> None:
        assert change.wanted is not None, "a first deployment is refused"
        arn, region = change.resource.resource_id, self._region(change.resource.region)
        try:
            self.imports.put(change.wanted, region, arn, look.held)
        except CloudRejectedError:
            if (kind := region.kind(arn)) == "IMPORTED":
                raise
            why = f"{arn} is {kind}: only an imported certificate can be imported anew"
            raise CloudRejectedError("ImportCertificate", "NotImported", why) from None


class _Where(NamedTuple):
    endpoint: str = ""
    server_names: tuple[str, ...] = ()
    holder: str = ""


def _met(arn: str, leaf: Leaf, region: Region) -> _Where:
    """One public place that serves the certificate: best a listener where a client gets no other one."""
    listeners = [found for found in region.listeners if not isinstance(found, Unread)]
    using = [found for found in listeners if arn in found.arns]
    public = [found for found in using if found.endpoint]
    for found in sorted(public, key=lambda one: (len(one.arns), one.arns[0] != arn)):
        return _Where(found.endpoint, (), found.name)
    for row in region.distributions:
        if isinstance(row, Unread) or not row.flag("Enabled") or not row.text("DomainName"):
            continue
        aliases = row.part("Aliases").texts("Items")
        fitting = tuple(name for name in aliases if any(covers(own, name) for own in leaf.names))
        if row.part("ViewerCertificate").text("ACMCertificateArn") == arn and fitting:
            return _Where(f"{row.text('DomainName')}:443".lower(), fitting, row.text("Id"))
    return _Where(holder=using[0].name if using else "")
