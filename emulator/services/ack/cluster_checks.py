"""What an API server checks before it takes an object: names, labels, a Secret's data.

Refusals are 422 `Invalid` with `details.causes`, one for each field that is wrong.
"""

from __future__ import annotations

import base64
import re
import secrets
from typing import Any, NamedTuple

from emulator.api import ApiError
from emulator.services.ack.cluster_kinds import NAMESPACES, SECRETS, Kind, Target

LARGEST_SECRET = 1 << 20
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"  #: of generated names: no vowels, nothing that looks alike
_LONGEST_BASE = 58
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = rf"({_SUBDOMAIN}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?"
_VALUE = r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?"
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    f"'{_SUBDOMAIN}')"
)
_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    f"and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
    f"validation is '{_LABEL}')"
)


class Cause(NamedTuple):
    reason: str  #: FieldValueInvalid, FieldValueRequired…
    field: str
    text: str

    @property
    def words(self) -> dict[str, str]:
        return {"reason": self.reason, "message": self.text, "field": self.field}


def wrong(field: str, value: object, rule: str) -> Cause:
    return Cause("FieldValueInvalid", field, f'Invalid value: "{value}": {rule}')


def required(field: str, why: str = "") -> Cause:
    return Cause("FieldValueRequired", field, "Required value" + (f": {why}" if why else ""))


def invalid(wanted: Target, *causes: Cause) -> ApiError:
    """422, with every cause. Never repeats what a Secret holds."""
    lines = [f"{cause.field}: {cause.text}" for cause in causes]
    text = lines[0] if len(lines) == 1 else f"[{', '.join(lines)}]"
    kind = wanted.kind
    name = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    details = {"kind": kind.kind, "name": wanted.name, "causes": [cause.words for cause in causes]}
    return ApiError(422, "Invalid", f'{name} "{wanted.name}" is invalid: {text}', **details)


def generated(base: str) -> str:
    """A name that begins with `base`, as `generateName` asks."""
    return base[:_LONGEST_BASE] + "".join(secrets.choice(_LETTERS) for _ in range(5))


def addressed(wanted: Target, body: Any) -> None:
    """Whether the body is of the kind, the namespace and the name in the path. Raises ApiError 400."""
    if not isinstance(body, dict) or not isinstance(body.get("metadata") or {}, dict):
        raise ApiError(400, "BadRequest", "the object provided is unrecognized (must be an object)")
    meta, kind = body.get("metadata") or {}, wanted.kind
    told = body.get("apiVersion", kind.api_version), body.get("kind", kind.kind)
    if told != (kind.api_version, kind.kind):
        raise ApiError(
            400,
            "BadRequest",
            f"the API version in the data ({told[0]}, Kind={told[1]}) does not match the expected API "
            f"version ({kind.api_version}, Kind={kind.kind})",
        )
    if kind.namespaced and meta.get("namespace") not in (None, "", wanted.namespace):
        raise ApiError(
            400,
            "BadRequest",
            "the namespace of the provided object does not match the namespace sent on the request",
        )
    if wanted.name and meta.get("name") not in (None, "", wanted.name):
        raise ApiError(
            400,
            "BadRequest",
            f"the name of the object ({meta['name']}) does not match the name on the URL ({wanted.name})",
        )


def check(wanted: Target, item: dict[str, Any]) -> None:
    """Raises ApiError 422 with all that is wrong in the object's metadata."""
    causes = [*_name(wanted.kind, wanted.name), *_labels(item["metadata"].get("labels") or {})]
    if causes:
        raise invalid(wanted, *causes)


def check_secret(wanted: Target, item: dict[str, Any]) -> None:
    """Takes `stringData` over into `data`. Raises ApiError 400 or 422."""
    for name, text in (item.pop("stringData", None) or {}).items():
        item["data"] = {**(item.get("data") or {}), name: base64.b64encode(text.encode()).decode()}
    item.setdefault("type", "Opaque")
    data = item.get("data") or {}
    try:
        size = sum(len(base64.b64decode(text, validate=True)) for text in data.values())
    except (ValueError, TypeError):
        raise ApiError(400, "BadRequest", "Secret in version v1 cannot be handled: illegal base64") from None
    causes = [
        wrong(
            f"data[{name}]",
            name,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', "
            " or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        )
        for name in data
        if not re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", name) or name in (".", "..")
    ]
    if size > LARGEST_SECRET:
        causes.append(
            Cause("FieldValueTooLong", "data", f"Too long: may not be more than {LARGEST_SECRET} bytes")
        )
    if item["type"] == "kubernetes.io/tls":
        causes += [required(f"data[{name}]") for name in ("tls.crt", "tls.key") if name not in data]
    if causes:
        raise invalid(wanted, *causes)


def check_change(wanted: Target, before: dict[str, Any], body: dict[str, Any]) -> None:
    """What may not be changed. Raises ApiError 422."""
    causes = []
    if wanted.kind == SECRETS and before.get("immutable"):
        causes += [
            Cause("FieldValueForbidden", name, "Forbidden: field is immutable when `immutable` is set")
            for name in ("data", "immutable")
            if body.get(name) != before.get(name)
        ]
    if body.get("type", before.get("type")) != before.get("type"):
        causes.append(wrong("type", body.get("type"), "field is immutable"))
    if causes:
        raise invalid(wanted, *causes)


def _name(kind: Kind, name: str) -> list[Cause]:
    if not name:
        return [required("metadata.name", "name or generateName is required")]
    rule, text, longest = (
        (_LABEL, _LABEL_RULE, 63) if kind == NAMESPACES else (_SUBDOMAIN, _SUBDOMAIN_RULE, 253)
    )
    causes = []
    if len(name) > longest:
        causes.append(wrong("metadata.name", name, f"must be no more than {longest} characters"))
    if not re.fullmatch(rule, name):
        causes.append(wrong("metadata.name", name, text))
    return causes


def _labels(labels: dict[str, str]) -> list[Cause]:
    found = [
        wrong("metadata.labels", name, "name part must consist of alphanumeric characters, '-', '_' or '.'")
        for name in labels
        if not re.fullmatch(_QUALIFIED, name)
    ]
    found += [
        wrong(
            "metadata.labels",
            value,
            "a valid label must be an empty string or consist of alphanumeric characters",
        )
        for value in labels.values()
        if not (isinstance(value, str) and re.fullmatch(_VALUE, value))
    ]
    return found
