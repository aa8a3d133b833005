"""Custom domains of Function Compute, one slot each: what both versions of its API have in common.

A domain takes its certificate as PEM and never tells the key; which of CAS's it carries is known by
the leaf's fingerprint. A change names only what is to change. Whether everything else is kept is not
documented: the whole configuration is compared.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Set
from typing import Any, ClassVar

from shared.cloud import cas
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.base import Answer
from shared.products.kit.fingerprints import fingerprints, identifier_by
from shared.products.kit.legacy import WholeExchange
from shared.products.kit.unchanged import Unchanged, in_cas

#: Of a domain's description: what is to change, and what moves by itself.
_VOLATILE = ("certConfig", "lastModifiedTime", "RequestId")
_MISSING = "HTTPS is off; set the protocol and the first certificate in the Function Compute console"


class DomainsAdapter(WholeExchange):
    product = CloudProduct.FC
    also_granted = frozenset({f"{cas.API.ram}:{cas.GET_USER_CERTIFICATE_DETAIL.name}"})
    gone = frozenset({"domainnamenotfound"})
    settable: ClassVar[frozenset[str]]  #: settings that a change may name, beside the protocol

    @abstractmethod
    def _list(self, region: str, token: str | None) -> Answer:
        """A page of domains."""

    @abstractmethod
    def _get(self, region: str, name: str) -> Answer: ...

    @abstractmethod
    def _put(self, region: str, name: str, settings: Answer) -> None: ...

    def discover(self, region: str) -> Iterator[CloudResource]:
        token: str | None = None
        while True:
            page = self._list(region, token)
            for row in page.get("customDomains") or ():
                yield self._resource(region, _without_key(row))
            token = page.get("nextToken")
            if not token:
                return

    def _read(self, resource: CloudResource) -> CloudResource | None:
        return self._resource(resource.region, self._row(resource))

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        """By the leaf itself: CAS may hold the very same certificate under several ids."""
        row = self._row(resource)
        found = self._resource(resource.region, row)
        if not found.https or certificate.fingerprint not in _fingerprints(row):
            return None
        return found.model_copy(update={"cert_identifier": certificate.identifier})

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        before = self._row(resource)
        new = {"certConfig": self._pair(certificate), "protocol": before["protocol"]}
        with Unchanged(
            "deploy",
            resource.slot,
            self._waiter,
            before,
            read=lambda: self._row(resource),
            put_back=lambda lost: self._put_back(resource, before, lost),
            shown=lambda now: certificate.fingerprint in _fingerprints(now),
            ignore=_VOLATILE,
        ):
            self._put(resource.region, resource.resource_id, new)

    def _put_back(self, resource: CloudResource, before: Answer, lost: Set[str]) -> None:
        """The settings in any case, since CAS may not have the certificate before, or not its key."""
        names = (name for name in sorted(lost & self.settable) if before.get(name) is not None)
        settings = {name: before[name] for name in ("protocol", *names)}
        try:
            old = self._old(before)
        except CloudRejectedError:
            self._put(resource.region, resource.resource_id, settings)
            raise
        self._put(resource.region, resource.resource_id, settings | {"certConfig": old})

    def _old(self, before: Answer) -> Answer:
        certificate = self._catalogue.by_fingerprint(*_fingerprints(before))
        return self._pair(in_cas(certificate, "restore")) | {"certName": before["certConfig"]["certName"]}

    def _pair(self, certificate: Certificate) -> Answer:
        pair = cas.Cas(self._client, certificate.store).key_pair(certificate.cert_id)
        return {
            "certName": f"cas-{certificate.identifier}",  # letters, digits, "-" and "_", no digit first
            "certificate": pair.certificate_pem,
            "privateKey": pair.key.reveal(),
        }

    def _row(self, resource: CloudResource) -> Answer:
        return _without_key(self._get(resource.region, resource.resource_id))

    def _resource(self, region: str, row: Answer) -> CloudResource:
        name, account = row["domainName"], row.get("accountId")
        pem, on = _pem(row), "HTTPS" in (row.get("protocol") or "")
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=name,
            domains=(name,),
            https=bool(pem) and on,
            cert_identifier=self._identifier(row) if pem and on else "",
            endpoint=f"{account}.{region}.fc.aliyuncs.com:443" if account and on else "",
            obstacle="" if pem and on else _MISSING,
        )

    def _identifier(self, row: Answer) -> str:
        unreadable = f"upload:{row['certConfig'].get('certName') or '?'}"
        return identifier_by(self._catalogue, _fingerprints(row), unreadable)


def _without_key(row: Answer) -> Answer:
    """The key is not told, by all that is known; if it ever is, it ends here."""
    (row.get("certConfig") or {}).pop("privateKey", None)
    return row


def _pem(row: Mapping[str, Any]) -> str:
    return (row.get("certConfig") or {}).get("certificate") or ""


def _fingerprints(row: Mapping[str, Any]) -> tuple[str, ...]:
    return fingerprints(_pem(row))
