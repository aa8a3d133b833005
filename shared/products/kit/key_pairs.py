"""Key pairs for products that take nothing but PEM. One is for many slots: CAS is asked once."""

import threading

from shared.cloud.cas import Cas, KeyPair
from shared.cloud.openapi import OpenApi
from shared.domain.certificates import Certificate


class KeyPairs:
    """Read from CAS when the first write needs one, and kept in memory for as long as the adapter lives."""

    def __init__(self, client: OpenApi) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._pairs: dict[str, KeyPair] = {}  #: by identifier

    def of(self, certificate: Certificate) -> KeyPair:
        """Raises CloudRejectedError where CAS has no key."""
        with self._lock:
            if certificate.identifier not in self._pairs:
                found = Cas(self._client, certificate.store).key_pair(certificate.cert_id)
                self._pairs[certificate.identifier] = found
            return self._pairs[certificate.identifier]
