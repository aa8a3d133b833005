"""Files with a certificate and its key: read by `upload`, written by `export`."""

import os
import re
from pathlib import Path
from typing import Final

from shared.cloud.cas import KeyPair
from shared.errors import InvalidRequestError
from shared.validation.files import read_certificate_file, read_key_file
from shared.validation.secret import SecretPem

_CERTIFICATE: Final = "-----BEGIN CERTIFICATE-----"
_KEY: Final = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----.*?(?:-----END (?:[A-Z]+ )*PRIVATE KEY-----\s*|\Z)", re.S
)


def read_pair(certificate: Path, key: Path | None) -> tuple[str, SecretPem]:
    """The text of the certificate and the key, not validated. Without `key`, one file holds both.

    A file that holds both may also be named where one of the two is meant.

    Raises:
        InvalidRequestError: one or both files cannot be read; names each.
    """
    problems, text, secret = [], "", SecretPem("")
    try:
        text = read_certificate_file(certificate)
    except InvalidRequestError as error:
        problems.append(str(error))
    if key is None:
        secret = SecretPem("".join(_KEY.findall(text)))
        text = _KEY.sub("", text)
        if not secret and not problems:
            problems.append(f"{certificate}: contains no private key; name the key file with --key")
    else:
        try:
            secret = _only_key(read_key_file(key))
        except InvalidRequestError as error:
            problems.append(str(error))
        if _CERTIFICATE in text:
            text = _KEY.sub("", text)
    if problems:
        raise InvalidRequestError("; ".join(problems))
    return text, secret


def _only_key(secret: SecretPem) -> SecretPem:
    """Without the certificates beside it; a file without a key as it is."""
    text = secret.reveal()
    keys = "".join(_KEY.findall(text))
    return SecretPem(keys) if keys and _CERTIFICATE in text else secret


def refuse_to_overwrite(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise InvalidRequestError(f"{path}: already exists and is not overwritten; name a new file")


def write_pair(path: Path, pair: KeyPair) -> None:
    """Create a file that only its owner can read. Raises InvalidRequestError, and leaves no partial file."""
    text = f"{pair.certificate_pem.strip()}\n{pair.key.reveal().strip()}\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        refuse_to_overwrite(path)
        raise
    except OSError as error:
        raise InvalidRequestError(f"{path}: {error.strerror or 'cannot be written'}") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise InvalidRequestError(f"{path}: {error.strerror or 'cannot be written'}") from None
