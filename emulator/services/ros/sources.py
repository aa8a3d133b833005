"""Where a request has its template: in itself, or in an object of OSS."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from emulator.api import Call
from emulator.service import Account
from emulator.services.ros import errors

_HOST = re.compile(r"(?P<bucket>[a-z0-9-]+)\.oss-(?P<region>[a-z0-9-]+?)(-internal)?\.aliyuncs\.com")


def body(cloud: Account, call: Call) -> str:
    """Raises ApiError where there is none, or more than one."""
    params = call.params
    if others := [name for name in ("TemplateId", "TemplateScratchId") if params.get(name)]:
        raise errors.not_emulated(f"{others[0]} of {call.action}")
    found = [params[name] for name in ("TemplateBody", "TemplateURL") if params.get(name)]
    if len(found) != 1:
        raise errors.one_of("TemplateBody", "TemplateURL")
    return (
        str(found[0])
        if params.get("TemplateBody")
        else _at(cloud, str(found[0]), params.get("RegionId") or "")
    )


def _at(cloud: Account, url: str, region: str) -> str:
    parts = urlsplit(url)
    bucket, key = parts.netloc, unquote(parts.path.lstrip("/"))
    if parts.scheme == "oss":
        region = parse_qs(parts.query).get("RegionId", [region])[0]
    elif found := _HOST.fullmatch(parts.netloc):
        bucket, region = found["bucket"], found["region"]
    else:
        raise errors.not_emulated("A TemplateURL that is not of OSS")
    store: Any = cloud.services["oss"]
    try:
        return bytes(store.content(bucket, key, region)).decode()
    except UnicodeDecodeError:
        raise errors.bad_form("The template is not text in UTF-8") from None
