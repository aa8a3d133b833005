"""Who signed a request to Tablestore, in its two forms, and the signature under its answers.

V2 is HMAC-SHA1, V4 HMAC-SHA256 with a key that holds for a day and a region; both are over the path and the
headers that begin with `x-ots-`. Answers are signed with HMAC-SHA1 in either case. Source: the vendor's SDK.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime, timezone
from hashlib import md5, sha1, sha256

from emulator.api import ApiError, Raw
from emulator.keys import SKEW, AccessKey, Keyring
from emulator.request import Request

_PREFIX = "x-ots-"
_SIGNATURES = ("x-ots-signature", "x-ots-signaturev4")
_NEEDED = ("date", "apiversion", "accesskeyid", "instancename", "contentmd5")


def meant(request: Request) -> bool:
    """Whether a request is one for Tablestore."""
    return "x-ots-apiversion" in request.headers


def verify(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    """The key that signed `request`. Raises ApiError in Tablestore's codes; texts are [guess]."""
    for name in _NEEDED:
        if not request.header(_PREFIX + name):
            raise ApiError(400, "OTSMissingHeader", f"Missing header: '{_PREFIX}{name}'.")
    key = _key(request, keys, now)
    _check_date(request.header("x-ots-date"), now)
    text = f"{request.path}\n{request.method}\n{request.query}\n{_own(request.headers)}\n"
    if request.header("x-ots-signaturev4"):
        made = hmac.new(_signing_key(request, key), (text + "ots").encode(), sha256)
        given = request.header("x-ots-signaturev4")
    else:
        made = hmac.new(key.access_key_secret.encode(), text.encode(), sha1)
        given = request.header("x-ots-signature")
    if not hmac.compare_digest(base64.b64encode(made.digest()), given.encode()):
        raise _refused("Signature mismatch.")
    if _md5(request.body) != request.header("x-ots-contentmd5"):
        raise ApiError(
            400,
            "OTSParameterInvalid",
            "Mismatch between MD5 value of request body and x-ots-contentmd5 in header.",
        )
    return key


def signed(raw: Raw, request: Request, key: AccessKey | None, request_id: str, now: datetime) -> Raw:
    """The answer with the headers that the vendor's clients demand; signed if it is known by whose key."""
    raw.headers |= {
        "x-ots-contentmd5": _md5(raw.body),
        "x-ots-contenttype": "protocol buffer",
        "x-ots-date": now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "x-ots-requestid": request_id,
    }
    if key is not None:
        v4 = request.header("x-ots-signaturev4")
        secret = _signing_key(request, key) if v4 else key.access_key_secret.encode()
        made = hmac.new(secret, f"{_own(raw.headers)}\n{request.path}".encode(), sha1).digest()
        raw.headers["authorization"] = f"OTS {key.access_key_id}:{base64.b64encode(made).decode()}"
    return raw


def _key(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    try:
        return keys.get(request.header("x-ots-accesskeyid"), request.header("x-ots-ststoken"), now)
    except ApiError as error:
        raise _refused(
            "The AccessKeyID is invalid." if error.status == 404 else "The STS token is invalid or expired."
        ) from None


def _signing_key(request: Request, key: AccessKey) -> bytes:
    made = b"aliyun_v4" + key.access_key_secret.encode()
    for part in (request.header("x-ots-signdate"), request.header("x-ots-signregion"), "ots"):
        made = hmac.new(made, part.encode(), sha256).digest()
    return base64.b64encode(hmac.new(made, b"aliyun_v4_request", sha256).digest())


def _own(headers: Mapping[str, str]) -> str:
    own = (name for name in headers if name.startswith(_PREFIX) and name not in _SIGNATURES)
    return "\n".join(sorted(f"{name}:{headers[name].strip()}" for name in own))


def _check_date(text: str, now: datetime) -> None:
    try:
        date = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    except ValueError:
        raise ApiError(400, "OTSParameterInvalid", "Invalid date format of x-ots-date.") from None
    if abs(now - date) > SKEW:
        raise _refused("Mismatch between system time and x-ots-date.")


def _md5(data: bytes) -> str:
    return base64.b64encode(md5(data, usedforsecurity=False).digest()).decode()


def _refused(message: str) -> ApiError:
    return ApiError(403, "OTSAuthFailed", message)
