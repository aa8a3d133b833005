"""Custom domains of Function Compute, one slot each: what both versions of its API have in common.

A domain takes its certificate as PEM and never tells the key; which of CAS's it carries is known by
the leaf's fingerprint. Whether a change keeps what it does not name is not documented: what can be set is
compared.
"""

from abc import abstractmethod
from collections.abc import Iterator, Set
from typing import ClassVar, Final

from shared.cloud import cas
from shared.cloud.reading import Fields
from shared.cloud.tls import Leaf
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.base import Answer, ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.fingerprints import identifier_of_leaf, leaf_of, same
from shared.products.kit.found import Found
from shared.products.kit.key_pairs import KeyPairs
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.paging import token_rows
from shared.products.kit.sealed import Sealed
from shared.products.kit.settings import picked

_AUTH: Final = "authConfig"
_AUTH_INFO: Final = "authInfo"  #: keys of tokens, or a password
#: of a route and of `corsConfig`
_IN_NO_ORDER: Final = ("methods", "allowHeaders", "allowMethods", "allowOrigins", "exposeHeaders")
_MISSING: Final = "HTTPS is off; set the protocol and the first certificate in the Function Compute console"


class DomainsAdapter(ProductAdapter):
    product = CloudProduct.FC
    also_granted = cas.API.rights(cas.GET_USER_CERTIFICATE_DETAIL)
    gone = frozenset({"domainnamenotfound"})
    settable: ClassVar[frozenset[str]]  #: settings that a change may name, beside the protocol
    sent_again: ClassVar[frozenset[str]] = (
        frozenset()
    )  #: those that a change of the certificate names as read

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._pairs = KeyPairs(means.client, traditional=True)
        self._sealed = Sealed()

    @abstractmethod
    def _list(self, region: str, token: str | None) -> Fields:
        """A page of domains."""

    @abstractmethod
    def _get(self, region: str, name: str) -> Fields: ...

    @abstractmethod
    def _put(self, region: str, name: str, settings: Answer) -> None: ...

    def discover(self, region: str) -> Iterator[Found]:
        rows = token_rows(
            lambda token: self._list(region, token), lambda page: page.rows("customDomains"), "nextToken"
        )

        def slot(row: Fields) -> Iterator[CloudResource]:
            yield self._resource(region, _without_key(row))

        yield from self._each(rows, "domainName", slot)

    def _look(self, change: Change) -> Look:
        """By the leaf itself: CAS may hold the very same certificate under several ids."""
        resource, wanted = change.resource, change.wanted
        row = self._row(resource)
        slot = self._resource(resource.region, row)
        if wanted and slot.https and (leaf := leaf_of(_pem(row))) and same(leaf, wanted):
            slot = slot.evolve(cert_identifier=wanted.identifier)
        return Look(
            carrying(change, slot.cert_identifier),
            slot,
            settings=self._compared(row),
            others=others(row, self.settable, ("protocol", "certConfig")),
            held=row.text("protocol"),
        )

    def _write(self, change: Change, look: Look) -> None:
        assert change.wanted is not None, "a first deployment is refused"
        same = {name: value for name, value in (look.settings or {}).items() if name in self.sent_again}
        new = {**same, "certConfig": self._pair(change.wanted), "protocol": look.held}
        self._put(change.resource.region, change.resource.resource_id, new)

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        """The settings in any case: CAS may not have the key of the certificate before."""
        assert change.wanted is not None, "the one before"
        settings = self._restorable(change, lost)
        try:
            settings["certConfig"] = self._pair(change.wanted)
        finally:
            self._put(change.resource.region, change.resource.resource_id, settings)

    def _take_back_unknown(self, change: Change, look: Look, lost: Set[str]) -> None:
        self._put(change.resource.region, change.resource.resource_id, self._restorable(change, lost))
        super()._take_back_unknown(change, look, lost)

    def _restorable(self, change: Change, lost: Set[str]) -> Answer:
        before = change.before or {}
        names = [name for name in sorted(lost & self.settable) if before.get(name) is not None]
        settings = {name: before[name] for name in ("protocol", *names) if before.get(name) is not None}
        if (auth := settings.get(_AUTH)) is not None:
            if self._sealed.knows(auth.get(_AUTH_INFO)):
                settings[_AUTH] = {**auth, _AUTH_INFO: self._sealed.open(auth.get(_AUTH_INFO))}
            else:
                del settings[_AUTH]
        return settings

    def _compared(self, row: Fields) -> Answer:
        settings = picked(row, ("protocol", *sorted(self.settable)), _IN_NO_ORDER)
        if isinstance(auth := settings.get(_AUTH), dict) and auth:
            settings[_AUTH] = {**auth, _AUTH_INFO: self._sealed.seal(auth.get(_AUTH_INFO))}
        return settings

    def _pair(self, certificate: Certificate) -> Answer:
        pair = self._pairs.of(certificate)
        return {
            "certName": f"cas-{certificate.identifier}",  # letters, digits, "-" and "_", no digit first
            "certificate": pair.certificate_pem,
            "privateKey": pair.key.reveal(),
        }

    def _row(self, resource: CloudResource) -> Fields:
        return _without_key(self._get(resource.region, resource.resource_id))

    def _resource(self, region: str, row: Fields) -> CloudResource:
        name, account = row.needed("domainName"), row.text("accountId")
        pem, on = _pem(row), "HTTPS" in row.text("protocol").upper()
        leaf = leaf_of(pem) if on else None
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=name,
            domains=(name,),
            https=bool(pem) and on,
            cert_identifier=self._identifier(row, leaf) if pem and on else "",
            cert_not_after=leaf.not_after if leaf else None,
            cert_key=leaf.key if leaf else "",
            endpoint=f"{account}.{region}.fc.aliyuncs.com:443" if account and on else "",
            obstacle="" if pem and on else _MISSING,
        )

    def _identifier(self, row: Fields, leaf: Leaf | None) -> str:
        unreadable = f"upload:{row.part('certConfig').text('certName') or '?'}"
        return identifier_of_leaf(self._catalogue, leaf, unreadable)


def _without_key(row: Fields) -> Fields:
    """The key is not told, by all that is known; if it ever is, it ends here."""
    row.part("certConfig").pop("privateKey", None)
    return row


def _pem(row: Fields) -> str:
    return row.part("certConfig").text("certificate")
