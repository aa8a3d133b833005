"""The levels (DV, OV, EV) of the certificates that CAS has sold, which it tells of their instances alone.

Instance: what was bought; the certificates that are issued for it, one after the other, are of its level. An
instance tells of its latest certificate only. ListInstances does not have what was uploaded.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.cloud.api import Action
from shared.cloud.reading import Fields
from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.levels import Evidence, Level, Validation
from shared.errors import CloudError, UnreadableAnswerError

# The vendor publishes no limit; that of the older list of certificates is 10.
LIST_INSTANCES: Final = Action("ListInstances", per_second=10)
_PAGE: Final = 100  #: the most, by the SDK
_PAGES: Final = 1000  #: that are read at most, whatever the answers say
_WORDS: Final = {one.value: one for one in Validation}


def asks_for(certificate: Certificate) -> bool:
    return certificate.source is CertificateSource.BUY and certificate.level is None


class Instances:
    """Those of one store. `failed`: why not all of them could be read, if so; the others are known."""

    def __init__(self, ask: Callable[[Mapping[str, Any]], Fields]) -> None:
        """`ask`: for one page."""
        self.failed: CloudError | None = None
        self._all = True  #: as many as CAS says there are
        self._by_instance: dict[str, Validation] = {}
        self._by_certificate: dict[str, Validation] = {}
        try:
            self._read(ask)
        except CloudError as error:
            self.failed = error

    def level_of(self, certificate: Certificate, instance_id: str) -> Level | None:
        """UNKNOWN: no instance is its own, or that one tells no level. None: it may be among the unread.

        `instance_id`: as a list of certificates tells it; "" if it does not.
        """
        level = self._by_certificate.get(str(certificate.cert_id)) or self._by_instance.get(instance_id)
        if level is None and (self.failed or not self._all):
            return None
        return Level(validation=level or Validation.UNKNOWN, by=Evidence.SOLD)

    def _read(self, ask: Callable[[Mapping[str, Any]], Fields]) -> None:
        """A page that is not full is the last one, and so is one that tells nothing new."""
        last, count = list[Fields](), 0
        for page in range(1, _PAGES + 1):
            answer = ask({"CurrentPage": page, "InstanceType": "BUY", "ShowSize": _PAGE})
            rows = answer.rows("InstanceList")
            for row in rows:
                self._take(row)
            count += len(rows) if rows != last else 0
            self._all = count >= (answer.number("TotalCount") or 0)
            if len(rows) < _PAGE or rows == last:
                break
            last = rows

    def _take(self, row: Fields) -> None:
        try:
            level = _WORDS.get(row.text("CertificateType").strip().upper(), Validation.UNKNOWN)
            instance, certificate = row.text("InstanceId"), row.text("CertificateId")
        except UnreadableAnswerError as error:
            self.failed = self.failed or error
            return
        self._by_instance |= {instance: level} if instance else {}
        self._by_certificate |= {certificate: level} if certificate else {}
