"""Simple Log Service's own signatures in the header: V1 (`LOG id:signature`) and V4 (`SLS4-HMAC-SHA256`).

Source: the signers of `alibabacloud_gateway_sls` and `aliyun-log-python-sdk`. It refuses in its own codes.
"""

from __future__ import annotations

import base64
import hmac
import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from hashlib import sha1, sha256
from urllib.parse import quote

from emulator.api import ApiError
from emulator.keys import SKEW, AccessKey, Keyring
from emulator.request import Request

_HOST = re.compile(
    r"(?:(?P<project>[a-z0-9-]+)\.)?(?P<region>(?:cn|ap|us|eu|me|na|rus)-[a-z0-9-]+?)(?:-intranet|-share)?"
    r"\.(?:log|sls)\.aliyuncs\.com"
)
_SCHEMES = ("LOG", "SLS4-HMAC-SHA256")
_DIGESTS = {"hmac-sha1": sha1, "hmac-sha256": sha256}


def host_parts(host: str) -> tuple[str, str] | None:
    """Project ("" without one) and region of a host name of Simple Log Service."""
    found = _HOST.fullmatch(host)
    return (found["project"] or "", found["region"]) if found else None


def meant(request: Request) -> bool:
    """Whether a request is one for it: by its signature, or by the host that it names."""
    scheme = request.header("authorization").split(" ", 1)[0]
    return scheme in _SCHEMES or bool(host_parts(request.cloud_host))


def verify(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    """The key that signed `request`. Raises ApiError."""
    scheme, _, rest = request.header("authorization").partition(" ")
    if scheme not in _SCHEMES:
        raise ApiError(400, "MissAccessKeyId", "AccessKeyId is missing.")  # [guess]
    return _v1(request, rest, keys, now) if scheme == "LOG" else _v4(request, rest, keys, now)


def _v1(request: Request, rest: str, keys: Keyring, now: datetime) -> AccessKey:
    access_key_id, _, signature = rest.partition(":")
    key = _key(request, keys, access_key_id, now)
    try:
        _check_date(parsedate_to_datetime(request.header("date")), now)
    except (TypeError, ValueError):
        raise ApiError(400, "InvalidDateFormat", "Date must follow RFC822.") from None
    digest = _DIGESTS.get(request.header("x-log-signaturemethod"))
    if digest is None:
        raise ApiError(400, "InvalidSignatureMethod", "The signature method is not supported.")
    # `x-log-date` is added when all is signed.
    own = sorted(n for n in request.headers if n.startswith(("x-log-", "x-acs-")) and n != "x-log-date")
    pairs = sorted(request.queries.items())
    query = "&".join(f"{name}={text}" for name, text in pairs)
    text = "\n".join(
        [
            request.method,
            *(request.header(name) for name in ("content-md5", "content-type", "date")),
            *(f"{name}:{request.header(name)}" for name in own),
            (request.plain_path or "/") + (f"?{query}" if query else ""),
        ]
    )
    made = hmac.new(key.access_key_secret.encode(), text.encode(), digest).digest()
    _compare(base64.b64encode(made).decode(), signature)
    return key


def _v4(request: Request, rest: str, keys: Keyring, now: datetime) -> AccessKey:
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    access_key_id, *scope = fields.get("Credential", "").split("/")
    stamp = request.header("x-log-date")
    try:
        date = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        raise ApiError(400, "InvalidDateFormat", "x-log-date is missing or malformed.") from None
    if len(scope) != 4:
        raise ApiError(400, "InvalidAuthorization", "The Credential is malformed.")  # [guess]
    key = _key(request, keys, access_key_id, now)
    _check_date(date, now)
    signed = sorted(
        name
        for name in request.headers
        if name.startswith(("x-log-", "x-acs-")) or name in ("content-type", "host")
    )
    pairs = sorted(request.queries.items())
    canonical = "\n".join(
        [
            request.method,
            request.plain_path or "/",
            "&".join(f"{name}={quote(text, safe='~')}" if text else name for name, text in pairs),
            "".join(f"{name}:{request.header(name).strip()}\n" for name in signed),
            ";".join(signed),
            sha256(request.body).hexdigest(),
        ]
    )
    text = "\n".join([_SCHEMES[1], stamp, "/".join(scope), sha256(canonical.encode()).hexdigest()])
    signing_key = ("aliyun_v4" + key.access_key_secret).encode()
    for part in scope:
        signing_key = hmac.new(signing_key, part.encode(), sha256).digest()
    _compare(hmac.new(signing_key, text.encode(), sha256).hexdigest(), fields.get("Signature", ""))
    return key


def _key(request: Request, keys: Keyring, access_key_id: str, now: datetime) -> AccessKey:
    try:
        return keys.get(access_key_id, request.header("x-acs-security-token"), now)
    except ApiError as error:
        code = "Unauthorized" if error.status == 404 else "SecurityTokenExpired"
        raise ApiError(401, code, error.message) from None


def _check_date(date: datetime, now: datetime) -> None:
    if abs(now - date) > SKEW:
        raise ApiError(400, "RequestTimeTooSkewed", "Request time exceeds server time by 15 minutes.")


def _compare(made: str, signature: str) -> None:
    if not hmac.compare_digest(made.encode(), signature.strip().encode()):
        raise ApiError(401, "SignatureNotMatch", "The signature does not match.")
