"""Key pairs for products that take nothing but PEM. One is for many slots: CAS is asked once."""

import threading

from shared.cloud.cas import GET_USER_CERTIFICATE_DETAIL, Cas, KeyPair
from shared.cloud.openapi import OpenApi
from shared.domain.certificates import Certificate
from shared.errors import CloudRejectedError
from shared.validation.keys import traditional_key
from shared.validation.pem import read_blocks
from shared.validation.secret import SecretPem


class KeyPairs:
    """Read from CAS when the first write needs one, and kept in memory for as long as the adapter lives."""

    def __init__(self, client: OpenApi, *, traditional: bool = False) -> None:
        """`traditional`: the product's pages ask for keys in PKCS#1 (RSA) or SEC1 (EC).

        CAS tells a key in the form in which it has it, which may be PKCS#8. Function Compute calls that no
        PEM; the pages of CLB, Live and API Gateway show the older forms. Kubernetes and ACM take all three.
        """
        self._client = client
        self._traditional = traditional
        self._lock = threading.Lock()
        self._pairs: dict[str, KeyPair] = {}  #: by identifier

    def of(self, certificate: Certificate) -> KeyPair:
        """Raises CloudRejectedError where CAS has no key, or none that can be written as the product asks."""
        with self._lock:
            if certificate.identifier not in self._pairs:
                found = Cas(self._client, certificate.store).key_pair(certificate.cert_id)
                key = _traditional(found.key, certificate) if self._traditional else found.key
                self._pairs[certificate.identifier] = KeyPair(_chain(found.certificate_pem), key)
            return self._pairs[certificate.identifier]


def _traditional(key: SecretPem, certificate: Certificate) -> SecretPem:
    written, problems = traditional_key(key)
    if problems:
        why = f"the private key of {certificate.identifier}: {'; '.join(problems)}"
        raise CloudRejectedError(GET_USER_CERTIFICATE_DETAIL.name, "KeyForm", why)
    return written


def _chain(pem: str) -> str:
    """The certificates as CAS has them, with 64 characters a line and no blank lines.

    So the pages of CLB and Live ask; CLB is known to refuse others. A text with problems is left to the
    product, lest a part of the chain is lost.
    """
    reading = read_blocks(pem)
    return pem if reading.problems else "".join(block.text for block in reading.blocks)
