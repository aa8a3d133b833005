"""Known certificates: from the table, and from CAS (read once) for what the table lacks."""

from collections.abc import Callable, Iterable
from functools import cached_property

from shared.cloud.cas import Cas
from shared.domain.certificates import Certificate
from shared.state.repositories import Certificates

_Index = dict[tuple[str, ...], Certificate]


class KnownCertificates:
    """One invocation's view. Without `cas`, only the table is used: deployments may not list CAS."""

    def __init__(
        self, certificates: Certificates, stores: tuple[str, ...], cas: Callable[[str], Cas] | None = None
    ) -> None:
        self._certificates, self._stores, self._cas = certificates, stores, cas

    def by_identifier(self, identifier: str) -> Certificate | None:
        return self._find(("identifier", identifier))

    def by_fingerprint(self, *fingerprints: str) -> Certificate | None:
        """The certificate with any of these fingerprints: CAS lists only one kind, SHA-1 or SHA-256."""
        candidates = (self._find(("fingerprint", text)) for text in fingerprints if text)
        return next((certificate for certificate in candidates if certificate), None)

    def by_name(self, name: str, store: str) -> Certificate | None:
        return self._find(("name", name, store))

    def _find(self, key: tuple[str, ...]) -> Certificate | None:
        return self._stored.get(key) or self._listed.get(key)

    @cached_property
    def _stored(self) -> _Index:
        return _index(
            record.certificate for store in self._stores for record in self._certificates.list(store)
        )

    @cached_property
    def _listed(self) -> _Index:
        """Read only if the table lacks something, and only once."""
        if (cas := self._cas) is None:
            return {}
        return _index(certificate for store in self._stores for certificate in cas(store).list_certificates())


def _index(certificates: Iterable[Certificate]) -> _Index:
    index: _Index = {}
    for certificate in certificates:
        index["identifier", certificate.identifier] = certificate
        index["fingerprint", certificate.fingerprint] = certificate
        index["name", certificate.name, certificate.store] = certificate
    return index
