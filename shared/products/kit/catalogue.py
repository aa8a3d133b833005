"""Which CAS certificate a product means, where it tells only a PEM, a fingerprint or a name."""

from typing import Protocol

from shared.domain.certificates import Certificate


class Catalogue(Protocol):
    def by_identifier(self, identifier: str) -> Certificate | None: ...

    def by_fingerprint(self, *fingerprints: str) -> Certificate | None:
        """The one with any of them; None where several differ that have it.

        `fingerprints`: hex in lower case without colons, of whatever kinds are known (SHA-1, SHA-256).
        """

    def by_name(self, name: str, store: str) -> Certificate | None:
        """None where several bear the name: names are not unique."""


class _NoCatalogue:
    """Knows no certificate: for adapters whose product tells the identifier."""

    def by_identifier(self, identifier: str) -> Certificate | None:
        return None

    def by_fingerprint(self, *fingerprints: str) -> Certificate | None:
        return None

    def by_name(self, name: str, store: str) -> Certificate | None:
        return None


NO_CATALOGUE: Catalogue = _NoCatalogue()
