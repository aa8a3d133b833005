"""ModifyDomain: a domain's access, given as a whole. What it does not name takes its default [guess]."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.api import ApiError
from emulator.services.cas.store import CasCertificate
from emulator.services.waf.model import LEFT_OUT, SUITES, VERSIONS

_LISTEN: dict[str, Any] = {
    "Http2Enabled": False,
    "FocusHttps": False,
    "IPv6Enabled": False,
    "ExclusiveIp": False,
    "ProtectionResource": "share",
    "XffHeaderMode": 0,
    "XffHeaders": [],
    "HstsMaxAge": 0,
    "HstsIncludeSubDomain": False,
    "HstsPreload": False,
    "SM2Enabled": False,
    "SM2CertId": "",
    "SM2AccessOnly": False,
}
_TLS = ("TLSVersion", "EnableTLSv3", "CipherSuite", "CustomCiphers")
_REDIRECT: dict[str, Any] = {
    "BackendPorts": [],
    "RequestHeaders": [],
    "ConnectTimeout": 5,
    "ReadTimeout": 120,
    "WriteTimeout": 120,
    "Keepalive": True,
    "KeepaliveRequests": 1000,
    "KeepaliveTimeout": 15,
    "Retry": True,
    "SniEnabled": False,
    "SniHost": "",
    "FocusHttpBackend": False,
    "XffProto": False,
    "MaxBodySize": 2,
    "ProxyProtocol": False,
    "Http2Origin": False,
}
#: Known, and of no effect here.
_TAKEN = frozenset(
    {
        *("CnameEnabled", "Http2OriginMaxConcurrency", "RoutingRules", "WLProxyClientIp", "WebServerType"),
        *("XClientIp", "XTrueIp"),
    }
)
_BALANCES = ("iphash", "roundRobin", "leastTime")


@dataclass(frozen=True)
class Access:
    http: tuple[int, ...]
    https: tuple[int, ...]
    certificate: CasCertificate | None
    listen: dict[str, Any]
    redirect: dict[str, Any]


def access(
    params: Mapping[str, Any], found: Callable[[str], CasCertificate], *, strict: bool = False
) -> Access:
    """What a domain is to become. `strict`: refuse fields that are not known. Raises ApiError 400."""
    listen, redirect = (_given(params, name) for name in ("Listen", "Redirect"))
    http, https = (tuple(map(int, listen.pop(name, None) or ())) for name in ("HttpPorts", "HttpsPorts"))
    if not http + https:
        raise invalid("Listen takes HttpPorts or HttpsPorts")
    cert_id = str(listen.pop("CertId", None) or "")
    if bool(https) != bool(cert_id):
        raise invalid("HttpsPorts and CertId go together")
    secure = {name: listen.pop(name) for name in _TLS if name in listen}
    if https and not secure.get("TLSVersion"):
        raise invalid("TLSVersion is invalid")
    backends, backup = redirect.pop("Backends", None), redirect.pop("BackupBackends", None) or []
    if not backends or redirect.get("Loadbalance") not in _BALANCES:
        raise invalid(f"Redirect takes Backends, and Loadbalance of {', '.join(_BALANCES)}")
    strangers = (set(listen) - set(_LISTEN)) | (set(redirect) - {*_REDIRECT, *_TAKEN, "Loadbalance"})
    if strict and strangers:
        raise invalid(f"{min(strangers)} is not known")
    return Access(
        http,
        https,
        found(cert_id) if cert_id else None,
        _LISTEN | {name: listen[name] for name in _LISTEN if name in listen} | (tls(secure) if https else {}),
        _REDIRECT
        | {name: redirect[name] for name in (*_REDIRECT, "Loadbalance") if name in redirect}
        | {
            "Backends": [{"Backend": one} for one in backends],
            "BackendList": list(backends),
            "BackUpBackendList": list(backup),
        },
    )


def tls(params: Mapping[str, Any]) -> dict[str, Any]:
    """The TLS settings that a change leaves behind. Combinations are documented, codes are not."""
    version, suite = params.get("TLSVersion", LEFT_OUT["TLSVersion"]), str(params.get("CipherSuite", 1))
    ciphers, third = params.get("CustomCiphers", []), params.get("EnableTLSv3", False)
    allowed = (
        version in VERSIONS
        and suite in SUITES
        and (suite != "2" or version == "tlsv1.2")
        and (suite != "99" or (version != "tlsv1.3" and ciphers))
        and (version != "tlsv1.3" or third)
    )
    if not allowed:
        raise invalid("TLSVersion, EnableTLSv3 and CipherSuite do not go together")
    return {
        "TLSVersion": version,
        "EnableTLSv3": third,
        "CipherSuite": int(suite),
        "CustomCiphers": list(ciphers),
    }


def invalid(why: str) -> ApiError:
    return ApiError(400, "InvalidParameter", f"{why}.")


def _given(params: Mapping[str, Any], name: str) -> dict[str, Any]:
    given = params[name]
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise invalid(f"{name} takes a JSON object")
    return dict(found)
