"""CAS's lists leave fields out: serial and chain always, others now and then. Each is asked for by itself."""

from collections.abc import Callable, Mapping
from typing import Final

from shared.cloud.cas_rows import certificate_of, certificate_of_order, joined, lacks
from shared.cloud.reading import Fields
from shared.domain.certificates import Certificate, CertificateStatus

_DETAILS: Final = 200  #: asked for in one reading, at most; the next reading asks for more


class Asking:
    """Reads rows of the lists of a store, and asks for what they leave out."""

    def __init__(
        self, store: str, detail: Callable[[int], Fields], known: Mapping[int, Certificate] | None
    ) -> None:
        """`detail`: what CAS tells of one certificate, nothing if it does not have it.

        `known`: by id; what is known is not asked for again. None: the lists are enough.
        """
        self._store, self._detail, self._known = store, detail, known or {}
        self._left = 0 if known is None else _DETAILS
        self._tells_serials = True

    def certificate(self, cert_id: int, row: Fields) -> Certificate | None:
        """None if it is not a certificate yet, or cannot be read."""
        known = self._known.get(cert_id)
        found = certificate_of(row, self._store, known)
        unnumbered = found is not None and not found.serial and self._tells_serials
        unchained = found is not None and found.chain is None
        if not self._left or not (unnumbered or unchained or lacks(row, known)):
            return found
        self._left -= 1
        if detail := self._detail(cert_id):
            self._tells_serials = bool(detail.get("Serial"))
            return certificate_of(joined(row, detail), self._store, known)
        return found.evolve(chain=()) if unchained and found else found

    def ordered(self, cert_id: int, order: Fields) -> Certificate | None:
        """One that only the older list shows, which tells neither of its key nor of its state."""
        told, known = certificate_of_order(order, self._store), self._known.get(cert_id)
        if known is not None:
            known = self._chained(known)
            expired = told is not None and told.status is CertificateStatus.EXPIRED
            return known.evolve(status=CertificateStatus.EXPIRED) if expired else known
        detail = self._detail(cert_id)
        found = certificate_of(joined({"CertificateId": cert_id}, detail), self._store) if detail else None
        return found or told

    def _chained(self, known: Certificate) -> Certificate:
        """With its chain, which was not asked for when it was stored by a version that knew of none."""
        if known.chain is not None or not self._left:
            return known
        self._left -= 1
        detail = self._detail(known.cert_id)
        row = joined({"CertificateId": known.cert_id}, detail)
        return (certificate_of(row, self._store, known) if detail else None) or known.evolve(chain=())
