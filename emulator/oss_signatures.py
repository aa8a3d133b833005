"""OSS's own signatures in the header: V1 (`OSS id:signature`) and V4 (`OSS4-HMAC-SHA256`).

Source: the signers of `alibabacloud_oss_v2` and `oss2`. OSS refuses in its own codes, with 403. V2 (`OSS2`)
and signatures in the query (presigned URLs) are not emulated, and are told so.
"""

from __future__ import annotations

import base64
import hmac
import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from hashlib import sha1, sha256
from urllib.parse import quote, unquote

from emulator.api import ApiError
from emulator.keys import SKEW, AccessKey, Keyring
from emulator.request import Request

_HOST = re.compile(r"(?:(?P<bucket>[a-z0-9-]+)\.)?oss-(?P<region>[a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com")
_SCHEMES = ("OSS", "OSS2", "OSS4-HMAC-SHA256")
#: Query parameters that V1 signs (those of `oss2`, as far as bucket actions go).
_SUBRESOURCES = frozenset(
    [
        "acl",
        "bucketInfo",
        "cname",
        "comp",
        "continuation-token",
        "cors",
        "delete",
        "encryption",
        "group",
        "inventory",
        "lifecycle",
        "link",
        "live",
        "location",
        "logging",
        "objectMeta",
        "partNumber",
        "policy",
        "position",
        "qos",
        "referer",
        "regionList",
        "requestPayment",
        "resourceGroup",
        "restore",
        "security-token",
        "sequential",
        "stat",
        "status",
        "style",
        "styleName",
        "symlink",
        "tagging",
        "transferAcceleration",
        "uploadId",
        "uploads",
        "versionId",
        "versioning",
        "versions",
        "vod",
        "website",
        "worm",
    ]
)


def host_parts(host: str) -> tuple[str, str] | None:
    """Bucket ("" without one) and region of an OSS host name."""
    found = _HOST.fullmatch(host)
    return (found["bucket"] or "", found["region"]) if found else None


def target(request: Request) -> tuple[str, str]:
    """The bucket and the object key that a request is about, from host or path; "" where none."""
    path = request.plain_path.lstrip("/")
    at_host = host_parts(request.addressed)
    if at_host and at_host[0]:
        return at_host[0], path
    bucket, _, key = path.partition("/")
    return bucket, key


def meant(request: Request) -> bool:
    """Whether a request is one for OSS: by its signature, or by the host that it names."""
    scheme = request.header("authorization").split(" ", 1)[0]
    return scheme in _SCHEMES or _presigned(request) or bool(host_parts(request.cloud_host))


def verify(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    """The key that signed `request`. Raises ApiError 403 in OSS's codes."""
    match request.header("authorization").split(" ", 1)[0]:
        case "OSS":
            return _v1(request, keys, now)
        case "OSS4-HMAC-SHA256":
            return _v4(request, keys, now)
        case "OSS2":
            raise ApiError(501, "NotImplemented", "The V2 signature is not emulated; use V4 or V1.")
        case "" if _presigned(request):
            raise ApiError(501, "NotImplemented", "Presigned URLs are not emulated.")
        case "":
            raise ApiError(403, "AccessDenied", "Anonymous access is forbidden for this operation.")
    raise ApiError(400, "InvalidArgument", "Unsupported authorization type.")  # [guess]


def _presigned(request: Request) -> bool:
    return any(name in request.queries for name in ("OSSAccessKeyId", "x-oss-signature-version"))


def credential_fields(authorization: str) -> dict[str, str]:
    """The `Name=value` fields behind the scheme of an Authorization header."""
    parts = authorization.partition(" ")[2].split(",")
    return {name.strip(): text for name, _, text in (part.partition("=") for part in parts)}


def _v1(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    access_key_id, _, signature = request.header("authorization")[4:].partition(":")
    key = _key(request, keys, access_key_id, now)
    date = request.header("x-oss-date") or request.header("date")
    try:
        _check_date(parsedate_to_datetime(date), now)
    except (TypeError, ValueError):
        raise ApiError(403, "AccessDenied", "OSS authentication requires a valid Date.") from None
    own = sorted(name for name in request.headers if name.startswith("x-oss-"))
    resources = sorted(item for item in request.queries.items() if item[0] in _SUBRESOURCES)
    query = "&".join(f"{name}={text}" if text else name for name, text in resources)
    text = "\n".join(
        [
            request.method,
            request.header("content-md5"),
            request.header("content-type"),
            date,
            *(f"{name}:{request.header(name)}" for name in own),
            _resource(request) + (f"?{query}" if query else ""),
        ]
    )
    made = hmac.new(key.access_key_secret.encode(), text.encode(), sha1).digest()
    _compare(base64.b64encode(made).decode(), signature)
    return key


def _v4(request: Request, keys: Keyring, now: datetime) -> AccessKey:
    fields = credential_fields(request.header("authorization"))
    access_key_id, *scope = fields.get("Credential", "").split("/")
    if len(scope) != 4:
        raise ApiError(400, "InvalidArgument", "The Credential of the Authorization is malformed.")
    key = _key(request, keys, access_key_id, now)
    stamp = request.header("x-oss-date")
    try:
        date = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        raise ApiError(403, "AccessDenied", "OSS authentication requires x-oss-date.") from None
    _check_date(date, now)
    additional = sorted(name for name in fields.get("AdditionalHeaders", "").split(";") if name)
    signed = sorted(
        name
        for name in request.headers
        if name.startswith("x-oss-") or name in ("content-type", "content-md5", *additional)
    )
    pairs = sorted(pair.partition("=")[::2] for pair in request.query.split("&") if pair)
    query = "&".join(f"{_again(name)}={_again(text)}" if text else _again(name) for name, text in pairs)
    canonical = "\n".join(
        [
            request.method,
            quote(_resource(request), safe="/~"),
            query,
            "".join(f"{name}:{request.header(name).strip()}\n" for name in signed),
            ";".join(additional),
            request.header("x-oss-content-sha256") or "UNSIGNED-PAYLOAD",
        ]
    )
    hashed = sha256(canonical.encode()).hexdigest()
    text = "\n".join(["OSS4-HMAC-SHA256", stamp, "/".join(scope), hashed])
    signing_key = ("aliyun_v4" + key.access_key_secret).encode()
    for part in scope:
        signing_key = hmac.new(signing_key, part.encode(), sha256).digest()
    made = hmac.new(signing_key, text.encode(), sha256).hexdigest()
    _compare(made, fields.get("Signature", ""))
    return key


def _again(text: str) -> str:
    return quote(unquote(text), safe="~")


def _resource(request: Request) -> str:
    bucket, key = target(request)
    return f"/{bucket}/{key}" if bucket else "/"


def _key(request: Request, keys: Keyring, access_key_id: str, now: datetime) -> AccessKey:
    token = request.header("x-oss-security-token") or request.header("security-token")
    try:
        return keys.get(access_key_id, token, now)
    except ApiError as error:
        code = "InvalidAccessKeyId" if error.status == 404 else "SecurityTokenExpired"
        raise ApiError(403, code, error.message) from None


def _check_date(date: datetime, now: datetime) -> None:
    if abs(now - date) > SKEW:
        raise ApiError(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )


def _compare(made: str, signature: str) -> None:
    if not hmac.compare_digest(made.encode(), signature.strip().encode()):
        raise ApiError(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
        )
