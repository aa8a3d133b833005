"""Who signed this request: every signature form that the vendor's clients use.

ACS3-HMAC-SHA256 (RPC and ROA), RPC with HMAC-SHA1 in the parameters, ROA with `acs id:signature`,
Function Compute 2.0's `FC id:signature`; those of OSS, Tablestore and Simple Log Service are in
`oss_signatures.py`, `ots_signatures.py` and `sls_signatures.py`. Source: the official SDKs' signers. As the
vendor does, a refusal of the two old forms repeats what was signed, parameters included; the vendor's older
SDK parses it.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from hashlib import sha1, sha256
from typing import Any
from urllib.parse import parse_qsl, quote

from emulator import oss_signatures, ots_signatures, sls_signatures
from emulator.api import ApiError
from emulator.keys import SKEW, AccessKey, Keyring
from emulator.request import Request

_ACS3 = "ACS3-HMAC-SHA256"
_MUST_BE_SIGNED = ("host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce")


def verify(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    """The key that signed `request`.

    Raises:
        ApiError: unsigned, unknown key, wrong signature, date over 15 minutes off, nonce used.
    """
    if ots_signatures.meant(request):
        return ots_signatures.verify(request, keys, now)
    if oss_signatures.meant(request):
        return oss_signatures.verify(request, keys, now)
    if sls_signatures.meant(request):
        return sls_signatures.verify(request, keys, now)
    scheme = request.header("authorization").split(" ", 1)[0]
    if scheme == _ACS3:
        return _acs3(request, keys, now)
    if scheme == "acs":
        return _roa(request, keys, now)
    if scheme == "FC":
        return _function_compute(request, keys, now)
    if "Signature" in request.named:
        return _rpc(request, keys, now)
    raise ApiError(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.")


def named(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    """The key that a request says in its head it is signed with, in the form of the vendor's current clients.

    Raises:
        ApiError: it names none, or one that is unknown.
    """
    fields = oss_signatures.credential_fields(request.header("authorization"))
    if request.header("authorization").split(" ", 1)[0] != _ACS3:
        raise ApiError(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.")
    return keys.get(fields.get("Credential", ""), request.header("x-acs-security-token"), now)


def _acs3(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    fields = oss_signatures.credential_fields(request.header("authorization"))
    signed = [name for name in fields.get("SignedHeaders", "").split(";") if name]
    for name in _MUST_BE_SIGNED:
        if name in request.headers and name not in signed:
            raise ApiError(400, "IncompleteSignature", f"The header {name} is not signed.")
    key = named(request, keys, now)
    _check_date(_iso(request.header("x-acs-date")), now)
    canonical = "\n".join(
        [
            request.method,
            request.path or "/",
            _canonical(parse_qsl(request.query, keep_blank_values=True)),
            "".join(f"{name}:{request.header(name).strip()}\n" for name in signed),
            ";".join(signed),
            sha256(request.body).hexdigest(),  # never the client's word, x-acs-content-sha256
        ]
    )
    text = f"{_ACS3}\n{sha256(canonical.encode()).hexdigest()}"
    expected = hmac.new(key.access_key_secret.encode(), text.encode(), sha256).hexdigest()
    if not hmac.compare_digest(expected, fields.get("Signature", "")):
        raise ApiError(
            400,
            "SignatureDoesNotMatch",
            "Specified signature does not match our calculation. "
            f"server StringToSign is [{text}]",  # a hash: nothing that was signed can be read
        )
    keys.use_nonce(key.access_key_id, request.header("x-acs-signature-nonce"), now)
    return key


def _rpc(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    named = request.named
    for name in ("AccessKeyId", "Timestamp", "SignatureNonce"):
        if not named.get(name):
            raise ApiError(400, f"Missing{name}", f"{name} is mandatory for this action.")
    key = keys.get(named.get("AccessKeyId", ""), named.get("SecurityToken", ""), now)
    _check_date(_iso(named.get("Timestamp", "")), now)
    pairs = [(name, text) for name, text in named.items() if name != "Signature"]
    text = f"{request.method}&%2F&{_escape(_canonical(pairs))}"
    _compare(key.access_key_secret + "&", text, sha1, named["Signature"])
    keys.use_nonce(key.access_key_id, named.get("SignatureNonce", ""), now)
    return key


def _roa(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    access_key_id, signature = _pair(request)
    key = keys.get(access_key_id, request.header("x-acs-security-token"), now)
    _check_date(_http_date(request.header("date")), now)
    acs = sorted(name for name in request.headers if name.startswith("x-acs-"))
    query = "&".join(f"{name}={text}" if text else name for name, text in sorted(request.queries.items()))
    text = "\n".join(
        [
            request.method,
            *(request.header(name) for name in ("accept", "content-md5", "content-type", "date")),
            *(f"{name}:{request.header(name)}" for name in acs),
            request.path + (f"?{query}" if query else ""),
        ]
    )
    _compare(key.access_key_secret, text, sha1, signature)
    keys.use_nonce(key.access_key_id, request.header("x-acs-signature-nonce"), now)
    return key


def _function_compute(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    """FC refuses in codes of its own: the vendor's page "Error codes" of Function Compute."""
    access_key_id, signature = _pair(request)
    try:
        key = keys.get(access_key_id, request.header("x-fc-security-token"), now)
    except ApiError as error:
        if error.status != 404:
            raise
        why = f"invalid access key ID '{access_key_id}'"
        raise ApiError(403, "InvalidAccessKeyID", why) from None
    _check_date(_http_date(request.header("date")), now)
    own = sorted(name for name in request.headers if name.startswith("x-fc-"))
    text = "\n".join(
        [
            request.method,
            *(request.header(name) for name in ("content-md5", "content-type", "date")),
            *(f"{name}:{request.header(name)}" for name in own),
            request.plain_path,
        ]
    )
    if not _matches(key.access_key_secret, text, sha256, signature):
        raise ApiError(
            403,
            "SignatureNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your access key and signing method",
        )
    return key


def _compare(secret: str, text: str, digest: Callable[[], Any], signature: str) -> None:
    if not _matches(secret, text, digest, signature):
        raise ApiError(
            400,
            "SignatureDoesNotMatch",
            f"Specified signature is not matched with our calculation. server string to sign is:{text}",
        )


def _matches(secret: str, text: str, digest: Callable[[], Any], signature: str) -> bool:
    made = hmac.new(secret.encode(), text.encode(), digest).digest()
    return hmac.compare_digest(base64.b64encode(made), signature.encode())


def _pair(request: Request) -> tuple[str, str]:
    credential = request.header("authorization").split(" ", 1)[1].strip()
    access_key_id, _, signature = credential.partition(":")
    return access_key_id, signature


def _canonical(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{_escape(name)}={_escape(text)}" for name, text in sorted(pairs))


def _escape(text: str) -> str:
    return quote(text, safe="~")


def _iso(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        raise ApiError(
            400,
            "InvalidTimeStamp.Format",
            "Specified time stamp or date value is not well formatted.",
        ) from None


def _http_date(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except (TypeError, ValueError):
        raise ApiError(
            400,
            "InvalidTimeStamp.Format",
            "Specified time stamp or date value is not well formatted.",
        ) from None


def _check_date(date: datetime, now: datetime) -> None:
    if abs(now - date) > SKEW:
        raise ApiError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
