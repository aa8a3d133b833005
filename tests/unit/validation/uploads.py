"""Uploads for tests: a chain as text, and the message with which one is refused."""

import pytest

from shared.errors import InvalidRequestError
from shared.validation.bundles import CertificateBundle, read_bundle
from shared.validation.secret import SecretPem
from tests.keys import NOW, Signed


def chain(*certificates: Signed) -> str:
    return "".join(each.pem for each in certificates)


def read(certificate: str, key: str) -> CertificateBundle:
    return read_bundle(certificate=certificate, key=SecretPem(key), now=NOW)


def refusal(certificate: str, key: str) -> str:
    """The message; of the key it holds no line."""
    with pytest.raises(InvalidRequestError) as error:
        read(certificate, key)
    message = str(error.value)
    assert not any(line in message for line in key.splitlines() if len(line) > 8), "key in text"
    assert error.value.__cause__ is None
    return message
