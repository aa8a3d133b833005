"""CDN and its kin (DCDN, VOD, Live): one slot per accelerated domain, one set of calls in four spellings.

A wildcard domain is written `.example.com`. The domain takes a while to settle after each change,
and the list of the domains tells of all at once how far they are.
It is not documented whether a change of the certificate leaves the other HTTPS settings as they are: they
are compared. Calls of their own set them, so what is lost is told, to be set by hand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from shared.cloud.reading import Fields
from shared.domain.certificates import STORES, Certificate, identifier_of
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError, CloudUnavailableError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.cdn_functions import HttpsFunctions
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.fingerprints import identifier_of_leaf, leaf_of, same
from shared.products.kit.found import Found
from shared.products.kit.means import Means
from shared.products.kit.polled import Listed
from shared.products.kit.times import parse_time

ROWS = ("Domains", "PageData")  #: where the list has its rows
_FAILED = "configure_failed"
_UNDEPLOYABLE = ("offline", "checking", "check_failed", "stopping", "deleting", _FAILED)
#: said with HTTP 500, but no passing trouble: the same call would fail again
_FINAL = ("privatekeyerror", "invaliddomain.configure_failed")


@dataclass(frozen=True)
class Words:
    """How one product spells what all of them have: its actions, then fields of their answers."""

    domains: str  #: lists the domains
    info: str  #: the certificate of a domain
    detail: str  #: a domain's state
    functions: str  #: a domain's settings
    change: str  #: sets the certificate
    model: str  #: in the detail: what holds its fields
    status: str = "DomainStatus"  #: in the list
    switch: str = ""  #: in the list: whether HTTPS is on; "" where only `info` tells
    info_switch: str = "SSLProtocol"
    info_pem: str = "SSLPub"
    tells_id: bool = True  #: `info`: the certificate's id and store
    filters: Mapping[str, str] = field(default_factory=dict)  #: of the list, so that it hides nothing


class FamilyAdapter(ProductAdapter):
    words: ClassVar[Words]
    home: ClassVar[str] = ""  #: region of the API's one host, where its name has one
    gone = frozenset({"invaliddomain.notfound"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._states = Listed(self._domains, self._states_in, lambda: self.page_size)
        self._functions = HttpsFunctions(self._configs)

    def discover(self, region: str) -> Iterator[Found]:
        yield from self._each_once(self._rows(), self._slots, "DomainName")

    def _rows(self) -> Iterator[Fields]:
        """Every domain of the account."""
        return self._numbered_rows(self.words.domains, self.home, at=ROWS, **self.words.filters)

    def _slots(self, row: Fields) -> Iterator[CloudResource]:
        """Where the list does not say whether HTTPS is on, the domain itself is asked."""
        name = row.needed("DomainName")
        on = _switch(row, self.words.switch)
        info = Fields() if on is False else self._info(name)
        if on and not info:
            raise row.source.below(self.words.switch).unreadable("it is on, and no certificate is told")
        yield self._resource(name, row.text(self.words.status), row.text("Cname"), info)

    def _look(self, change: Change) -> Look:
        """Its state is asked first: until a change of ours is through, the rest says nothing."""
        resource, name = change.resource, change.resource.resource_id
        status, cname = self._state(name)
        failed = CloudRejectedError(self.words.change, status, name) if status == _FAILED else None
        if change.begun and status != "online":
            return Look(Carries.BETWEEN, resource, settled=False, failed=failed)
        info = self._info(name)
        identifier = self._identifier(info, change.wanted)
        slot = resource.evolve(
            https=bool(info),
            cert_identifier=identifier,
            cert_not_after=self._end(info),
            cert_key=self._key(info),
            endpoint=f"{cname}:443" if cname else resource.endpoint,
        )
        # A first deployment is to change more than the certificate: nothing is compared.
        compared = resource.https and change.wanted is not None
        return Look(
            carrying(change, identifier),
            slot,
            settled=status == "online",
            settings=self._functions.of(name) if compared else None,
            failed=failed,
        )

    def _write(self, change: Change, look: Look) -> None:
        name = change.resource.resource_id
        switch = {"SSLProtocol": "off"}
        params = self._certificate(change.resource, change.wanted) if change.wanted else switch
        try:
            self._call(self.words.change, self.home, DomainName=name, **params)
        except CloudUnavailableError as error:
            if error.cloud_code.lower() not in _FINAL:
                raise
            raise CloudRejectedError(error.action, error.cloud_code, name, error.request_id) from None
        finally:
            self._states.changed(name)

    def _certificate(self, resource: CloudResource, certificate: Certificate) -> dict[str, Any]:
        """What the call says of it."""
        return {
            "SSLProtocol": "on",
            "CertType": "cas",
            "CertId": certificate.cert_id,
            "CertRegion": certificate.store,
        }

    def _state(self, name: str) -> tuple[str, str]:
        """Its status, and the name at which clients meet it; "" where that is not told."""
        listed = self._states.of(name)
        if listed and listed[0]:
            return listed
        told = self._call(self.words.detail, self.home, DomainName=name).part(self.words.model)
        return told.needed("DomainStatus"), told.text("Cname")

    def _domains(self) -> Iterator[Fields]:
        return self._numbered_answers(self.words.domains, self.home, at=ROWS, **self.words.filters)

    def _states_in(self, page: Fields) -> dict[str, tuple[str, str]]:
        rows, status = page.rows(*ROWS), self.words.status
        return {row.text("DomainName"): (row.text(status), row.text("Cname")) for row in rows}

    def _info(self, name: str) -> Fields:
        answer = self._call(self.words.info, self.home, DomainName=name)
        infos = answer.rows("CertInfos", "CertInfo")
        return next((info for info in infos if self._serves(info)), Fields())

    def _serves(self, info: Fields) -> bool:
        """One that tells a certificate and does not say that HTTPS is off."""
        on = _switch(info, self.words.info_switch)
        told = (info.text(name) for name in (self.words.info_pem, "CertId", "CertName"))
        return any(told) if on is None else on

    def _configs(self, name: str, functions: tuple[str, ...]) -> list[Fields]:
        asked = {"DomainName": name, "FunctionNames": ",".join(functions)}
        answer = self._call(self.words.functions, self.home, **asked)
        return answer.rows("DomainConfigs", "DomainConfig")

    def _resource(self, name: str, status: str, cname: str, info: Fields) -> CloudResource:
        stopped = status in _UNDEPLOYABLE
        return CloudResource(
            product=self.product,
            resource_id=name,
            instance_id=name,
            domains=(name,),
            https=bool(info),
            cert_identifier=self._identifier(info),
            cert_not_after=self._end(info),
            cert_key=self._key(info),
            endpoint=f"{cname}:443" if cname else "",
            obstacle=f"the domain is {status}; bring it online first" if stopped else "",
        )

    def _end(self, info: Fields) -> datetime | None:
        """Of the certificate: also where its PEM alone tells it."""
        if told := parse_time(info.text("CertExpireTime")):
            return told
        leaf = leaf_of(info.text(self.words.info_pem))
        return leaf.not_after if leaf else None

    def _key(self, info: Fields) -> str:
        leaf = leaf_of(info.text(self.words.info_pem))
        return leaf.key if leaf else ""

    def _identifier(self, info: Fields, expected: Certificate | None = None) -> str:
        """Which of CAS's certificates it is. An upload counts, if CAS holds the same certificate.

        `expected` is meant where CAS holds several copies.
        """
        if not info:
            return ""
        kind, name = info.text("CertType") or "cas", info.text("CertName")
        cert_id, region = (info.text(f) if self.words.tells_id else "" for f in ("CertId", "CertRegion"))
        told = identifier_of(cert_id, region or STORES[0]) if cert_id else ""
        if told and kind == "cas":
            return told
        leaf = leaf_of(info.text(self.words.info_pem))
        uploaded = self._catalogue.by_identifier(told) if told else None
        if uploaded and leaf and same(leaf, uploaded):
            return told  # whose number the id of an upload is, is not known
        if leaf:
            if expected is not None and same(leaf, expected):
                return expected.identifier
            return identifier_of_leaf(self._catalogue, leaf)
        named = (self._catalogue.by_name(name, store) for store in ((region,) if region else STORES))
        known = {found.identifier for found in named if found} if kind == "cas" else set()
        return known.pop() if len(known) == 1 else f"{kind}:{name}"


def _switch(fields: Fields, name: str) -> bool | None:
    """None where nothing is told."""
    return None if not name or fields.get(name) in (None, "") else fields.flag(name)
