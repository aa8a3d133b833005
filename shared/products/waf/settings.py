"""WAF 3.0: the settings of a domain's access that can be set, compared before and after, and sent again."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shared.cloud.reading import Fields, parsed
from shared.products.kit.changes import Settings

_CUSTOM: Final = "99"  #: the suite that consists of `CustomCiphers`, which no other takes
_TLS: Final = ("TLSVersion", "EnableTLSv3", "CipherSuite")
#: those that ModifyDomain takes; `CertId` and TLS's are read apart
_LISTEN: Final = (
    *("HttpPorts", "HttpsPorts", "Http2Enabled", "FocusHttps", "IPv6Enabled", "ExclusiveIp"),
    *("ProtectionResource", "XffHeaderMode", "XffHeaders", "HstsMaxAge", "HstsIncludeSubDomain"),
    *("HstsPreload", "SM2Enabled", "SM2CertId", "SM2AccessOnly"),
)
_REDIRECT: Final = (
    *("Backends", "BackupBackends", "BackUpBackendList", "BackendList", "BackendPorts", "Loadbalance"),
    *("ConnectTimeout", "ReadTimeout", "WriteTimeout", "Keepalive", "KeepaliveRequests"),
    *("KeepaliveTimeout", "Retry", "SniEnabled", "SniHost", "FocusHttpBackend", "XffProto"),
    *("MaxBodySize", "ProxyProtocol", "Http2Origin", "Http2OriginMaxConcurrency", "WLProxyClientIp"),
    *("WebServerType", "XClientIp", "XTrueIp"),
)
#: those of a port, which its call does not take: they are compared
_PORT: Final = (
    *("Http2Enabled", "Keepalive", "KeepaliveRequests", "KeepaliveTimeout", "MaxBodySize", "ReadTimeout"),
    *("WriteTimeout", "XffHeaderMode", "XffHeaders", "XffProto"),
)


def listen(told: Fields) -> dict[str, Any]:
    return {**_chosen(told, _LISTEN), **tls(told)}


def redirect(told: Fields) -> dict[str, Any]:
    """The way to the origin. A header may be what the origin knows WAF by: it is stored as a digest."""
    return {**_chosen(told, _REDIRECT), "RequestHeaders": _digest(told, "RequestHeaders")}


def port_settings(told: Fields) -> dict[str, Any]:
    """Of a port of another product. What marks its requests may be what the origin knows WAF by."""
    return {**_chosen(told, _PORT), **tls(told), "LogHeaders": _digest(told, "LogHeaders")}


def tls(told: Fields) -> dict[str, Any]:
    return {**_chosen(told, _TLS), "CustomCiphers": sorted(ciphers(told))}


def sent(settings: Settings, in_order: list[str]) -> dict[str, Any]:
    """TLS settings as a call takes them. `in_order`: the ciphers as they were told last."""
    suite = str(settings.get("CipherSuite") or "")
    custom: list[str] = settings.get("CustomCiphers") or []
    if sorted(in_order) == custom:
        custom = in_order
    return {
        "TLSVersion": settings.get("TLSVersion") or None,
        "EnableTLSv3": settings.get("EnableTLSv3"),
        "CipherSuite": suite or None,
        "CustomCiphers": custom or None if suite == _CUSTOM else None,
    }


def ciphers(told: Fields) -> list[str]:
    """Told as a list, or as one text: JSON, or separated by ":" or ","."""
    whole = told.get("CustomCiphers")
    if isinstance(whole, str) and whole.startswith("["):
        try:
            return [str(name) for name in parsed(whole)]
        except ValueError:
            raise told.source.below("CustomCiphers").unreadable("it looks like JSON") from None
    if isinstance(whole, str):
        whole = whole.replace(":", ",").split(",")
    texts = Fields({"CustomCiphers": whole}, told.source).texts("CustomCiphers")
    return [name for text in texts if (name := text.strip())]


def _digest(told: Fields, name: str) -> str:
    headers = json.dumps(_unordered(told.get(name) or []), sort_keys=True)
    return sha256(headers.encode()).hexdigest()[:16]


def _chosen(told: Fields, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _unordered(told[name]) for name in told if name in names}


def _unordered(value: Any) -> Any:
    """The order of ports, headers and servers has no meaning."""
    if isinstance(value, list):
        return sorted((_unordered(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(value, Mapping):
        return {name: _unordered(inner) for name, inner in value.items()}
    return value
