"""Known certificates: from the table, and from CAS (read once) for what the table lacks."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from shared.cloud.cas import Cas
from shared.domain.certificates import Certificate
from shared.state.repositories import Certificates

_Key = tuple[str, ...]
_Index = dict[_Key, Certificate | None]  #: None: several are meant


class KnownCertificates:
    """One invocation's view. Without `cas`, only the table is used: deployments may not list CAS."""

    def __init__(
        self, certificates: Certificates, homes: tuple[str, ...], cas: Callable[[str], Cas] | None = None
    ) -> None:
        """`homes`: the stores of one account, whose names and fingerprints mean what is in there."""
        self._certificates, self._homes, self._cas = certificates, homes, cas

    def by_identifier(self, identifier: str) -> Certificate | None:
        return self._find(("identifier", identifier))

    def by_fingerprint(self, *fingerprints: str) -> Certificate | None:
        """The certificate with any of these fingerprints: CAS lists only one kind, SHA-1 or SHA-256."""
        candidates = (self._find(("fingerprint", text)) for text in fingerprints if text)
        return next((certificate for certificate in candidates if certificate), None)

    def by_name(self, name: str, store: str) -> Certificate | None:
        """None as well where several bear the name: a renewal keeps it."""
        return self._find(("name", name, store))

    def _find(self, key: _Key) -> Certificate | None:
        return self._stored[key] if key in self._stored else self._listed.get(key)

    @cached_property
    def _stored(self) -> _Index:
        return _index(record.certificate for home in self._homes for record in self._certificates.list(home))

    @cached_property
    def _listed(self) -> _Index:
        """Read only if the table lacks something, and only once."""
        if (cas := self._cas) is None:
            return {}
        return _index(certificate for home in self._homes for certificate in cas(home).list_certificates())


def _index(certificates: Iterable[Certificate]) -> _Index:
    index: _Index = {}
    for certificate in certificates:
        for key in _keys(certificate):
            other = index.get(key, certificate)
            index[key] = certificate if other and _one(key, other, certificate) else None
    return index


def _keys(certificate: Certificate) -> Iterator[_Key]:
    yield "identifier", certificate.identifier
    yield "fingerprint", certificate.fingerprint
    yield "name", certificate.name, certificate.store


def _one(key: _Key, other: Certificate, certificate: Certificate) -> bool:
    """Copies of a certificate have one fingerprint. So have its renewals, where it is that of the key."""
    if key[0] == "fingerprint":
        return (other.serial, other.not_after) == (certificate.serial, certificate.not_after)
    return other.identifier == certificate.identifier
