"""CDN and its kin (DCDN, VOD, Live): one slot per accelerated domain, one set of calls in four spellings.

A wildcard domain is written `.example.com`. The domain takes a while to settle after each change.
It is not documented whether a change of the certificate leaves the other HTTPS settings as they are: they
are compared. Calls of their own set them, so what is lost is told, to be set by hand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from shared.domain.certificates import Certificate, identifier_of
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError, CloudUnavailableError
from shared.products.kit import cdn_functions as family_functions
from shared.products.kit.bare_ids import STORES
from shared.products.kit.base import Answer
from shared.products.kit.fingerprints import fingerprints, identifier_by
from shared.products.kit.legacy import WholeExchange
from shared.products.kit.times import parse_time
from shared.products.kit.unchanged import Unchanged, in_cas

_UNDEPLOYABLE = ("offline", "checking", "check_failed", "stopping", "deleting", "configure_failed")
#: said with HTTP 500, but no passing trouble: the same call would fail again
_FINAL = ("privatekeyerror", "invaliddomain.configure_failed")
_CERTIFICATE = "(certificate)"  #: beside the functions: the identifier of the one in place


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


class FamilyAdapter(WholeExchange):
    words: ClassVar[Words]
    home: ClassVar[str] = ""  #: region of the API's one host, where its name has one
    gone = frozenset({"invaliddomain.notfound"})

    def discover(self, region: str) -> Iterator[CloudResource]:
        words = self.words
        for page in self._numbered_pages(words.domains, self.home, **words.filters):
            for row in page["Domains"]["PageData"]:
                on = not words.switch or row[words.switch] == "on"
                info = self._info(row["DomainName"]) if on else {}
                yield self._resource(row["DomainName"], row[words.status], row.get("Cname") or "", info)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        """The certificate alone, in one call: the detail, with its state, may be asked less often."""
        info = self._info(resource.resource_id)
        changes = {
            "https": bool(info),
            "cert_identifier": self._identifier(info),
            "cert_not_after": parse_time(info.get("CertExpireTime")),
        }
        return resource.model_copy(update=changes)

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        info = self._info(resource.resource_id)
        if self._identifier(info, certificate) != certificate.identifier:
            return None
        return resource.model_copy(update={"cert_identifier": certificate.identifier, "https": True})

    def settled(self, resource: CloudResource) -> bool:
        status = self._detail(resource.resource_id)["DomainStatus"]
        if status == "configure_failed":
            raise CloudRejectedError(self.words.change, status, resource.resource_id)
        return bool(status == "online")

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        """At a first deployment nothing is compared: it is to change more than the certificate."""
        if not resource.https:
            self._set(resource, certificate)
            return
        name = resource.resource_id

        def in_place() -> dict[str, str]:
            return {_CERTIFICATE: self._identifier(self._info(name), certificate)}

        with Unchanged(
            self.words.change,
            resource.slot,
            self._waiter,
            self._functions(name),
            read=lambda: self._functions(name) | in_place(),
            put_back=lambda lost: self._put_back(resource),
            shown=lambda now: bool(now[_CERTIFICATE] == certificate.identifier),
            settled=lambda: self.settled(resource),
            ignore=(_CERTIFICATE,),
        ):
            self._set(resource, certificate)

    def _put_back(self, resource: CloudResource) -> None:
        previous = self._catalogue.by_identifier(resource.cert_identifier)
        self._set(resource, in_cas(previous, self.words.change))

    def _set(self, resource: CloudResource, certificate: Certificate) -> None:
        self._change(
            resource,
            SSLProtocol="on",
            CertType="cas",
            CertId=certificate.cert_id,
            CertRegion=certificate.store,
        )

    def _unbind(self, resource: CloudResource) -> None:
        if not self.first_deployment:
            super()._unbind(resource)
        self._change(resource, SSLProtocol="off")

    def _change(self, resource: CloudResource, **params: Any) -> None:
        try:
            self._call(self.words.change, self.home, DomainName=resource.resource_id, **params)
        except CloudUnavailableError as error:
            if error.cloud_code.lower() not in _FINAL:
                raise
            name, code = resource.resource_id, error.cloud_code
            raise CloudRejectedError(error.action, code, name, error.request_id) from None

    def _detail(self, name: str) -> Answer:
        answer = self._call(self.words.detail, self.home, DomainName=name)
        found: Answer = answer[self.words.model]
        return found

    def _info(self, name: str) -> Answer:
        answer = self._call(self.words.info, self.home, DomainName=name)
        infos: list[Answer] = answer["CertInfos"]["CertInfo"]
        return next((info for info in infos if info.get(self.words.info_switch) == "on"), {})

    def _functions(self, name: str) -> dict[str, Any]:
        """The functions that are about HTTPS, as far as the product knows them."""
        try:
            return self._configs(name, family_functions.HTTPS)
        except CloudRejectedError as error:
            if error.cloud_code.lower() != family_functions.UNKNOWN:
                raise
        return self._configs(name, family_functions.REDIRECTS)

    def _configs(self, name: str, functions: tuple[str, ...]) -> dict[str, Any]:
        asked = {"DomainName": name, "FunctionNames": ",".join(functions)}
        answer = self._call(self.words.functions, self.home, **asked)
        return family_functions.arguments(answer["DomainConfigs"]["DomainConfig"])

    def _resource(self, name: str, status: str, cname: str, info: Answer) -> CloudResource:
        stopped = status in _UNDEPLOYABLE
        return CloudResource(
            product=self.product,
            resource_id=name,
            instance_id=name,
            domains=(name,),
            https=bool(info),
            cert_identifier=self._identifier(info),
            cert_not_after=parse_time(info.get("CertExpireTime")),
            endpoint=f"{cname}:443" if cname else "",
            obstacle=f"the domain is {status}; bring it online first" if stopped else "",
        )

    def _identifier(self, info: Answer, expected: Certificate | None = None) -> str:
        """Which of CAS's certificates it is. An upload counts, if CAS holds the same certificate.

        `expected` is meant where CAS holds several copies.
        """
        if not info:
            return ""
        kind, name, region = info.get("CertType") or "cas", info.get("CertName") or "", ""
        if self.words.tells_id:
            region = info.get("CertRegion") or ""
            if kind == "cas" and (cert_id := info.get("CertId")):
                return identifier_of(cert_id, region or STORES[0])
        prints = fingerprints(info.get(self.words.info_pem))
        if expected is not None and expected.fingerprint in prints:
            return expected.identifier
        if prints:
            return identifier_by(self._catalogue, prints, "")
        if kind == "cas":
            stores = (region,) if region else STORES
            named = (self._catalogue.by_name(name, store) for store in stores)
            if known := next((found for found in named if found), None):
                return known.identifier
        return f"{kind}:{name}"
