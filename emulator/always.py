"""Which fields of an answer are always there, and which of them may be otherwise.

The vendor's SDKs mark every field as optional, so that little is proved. Taken as always there: what
names a thing or tells its state, pages, envelopes, and what a call is made for. The rest may be
missing. By product and action where the name of a field does not tell, with the source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Table = Mapping[str, Mapping[str, frozenset[str]]]

_ALWAYS = re.compile(
    r"(id|ids|identifier|name|names|domains?|host|hostname|status|state|protocol|port|token|region|cname"
    r"|address)$|^total|^page|^maxresults$"
    r"|^(code|success|message|data|key|value|arn|cert|certificate|config|argvalue|path|methods)$"
    r"|^tag(key|value)$"
)
_TOTAL = re.compile(r"^total")
_PAGE = re.compile(r"^(total|page|maxresults|currentpage|showsize|size)")
_CHANGED = re.compile(r"(modif|updat)\w*$")


def _of(*names: str) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


#: Always there besides, by api (lower case) and action; "*" for each action.
_ALSO: Table = {
    "alb": {"*": _of("CertificateType", "AddressType")},  # a balancer is made anew where it seems to change
    "apig": {
        "*": _of("createFrom", "addressType"),  # nothing else tells who made a domain
        "GetDomain": _of("forceHttps"),  # UpdateDomain has to be given it
    },
    "cas": {
        "*": _of("Algorithm", "NotAfter", "NotBefore", "FingerPrint", "Sans", "Common", "EndDate"),
        # The tests of the vendor's Terraform provider assert these here, and not in the list.
        # A link of a chain is its two names.
        "GetCertificateDetail": _of("CertificateSource", "KeySize", "ExistPrivateKey", "Subject", "Issuer"),
        "GetUserCertificateDetail": _of(
            "Sha2", "SignCert", "SignPrivateKey", "EncryptCert", "EncryptPrivateKey"
        ),
    },
    "cdn": {"*": _of("CertType", "ServerCertificate")},
    "cloudapi": {"DescribeDomain": _of("CertificateBody")},
    "dcdn": {"*": _of("CertType", "SSLPub")},
    "ddoscoo": {"*": _of("ProxyType", "ProxyPorts", "ProxyEnabled")},
    "eas": {"*": _of("Type")},
    "esa": {"*": _of("Type", "CertType", "SslFlag", "SAN", "FingerprintSha256", "CasId")},
    "live": {"*": _of("CertType"), "DescribeLiveDomainCertificateInfo": _of("SSLPub")},
    "mse": {
        "*": _of("StatusDesc"),  # no page says what the numbers of Status mean
        "ListGateway": _of("SlbIp", "Type"),  # an address, and whose
        "UpdateSSLCert": _of("Data"),  # whether it was done
    },
    "nlb": {"*": _of("CertificateType", "AddressType")},
    "ros": {
        # What a stack is made for: what it gives, was given, and why it is as it is.
        "*": _of("Outputs", "OutputKey", "OutputValue", "ParameterKey", "ParameterValue", "StatusReason"),
        "GetTemplate": _of("TemplateBody"),
        "ListStackEvents": _of("ResourceType"),
        "PreviewStack": _of("Action", "ResourceType"),
    },
    "sae": {"*": _of("SlbType")},
    "slb": {"*": _of("Fingerprint", "IsAliCloudCertificate", "AddressType")},
    "sts": {"*": _of("AccessKeySecret", "Expiration")},
    "vod": {"*": _of("CertType", "ServerCertificate")},
    "waf-openapi": {
        "*": _of("HttpsPorts", "Http", "Https"),
        "DescribeCloudResourceAccessPortDetails": _of("AppliedType"),  # default, or an extension
        "DescribeCloudResources": _of("ResourceInstanceIp"),
    },
}
_WRITES = ("Associate", "Dissociate", "Disassociate", "Update")
#: Not always there, whatever the name says.
_LACKED: Table = {
    # The cloud's controller for Kubernetes waits for a job only where one is named.
    "alb": {verb: _of("JobId") for verb in _WRITES},
    "nlb": {verb: _of("JobId") for verb in _WRITES},
    "apig": {"*": _of("totalSize")},
    # The tests of the vendor's Terraform provider leave these out of what a list must have.
    "cas": {"ListCertificates": _of("CertificateSource", "KeySize", "ExistPrivateKey", "Serial")},
    "cs": {"*": _of("page_info", "total_count", "page_number", "page_size")},
    "mse": {"*": _of("CertBeforeDate")},  # deprecated
    "sae": {"*": _of("TotalSize", "LoadBalanceType")},  # older answers have neither
}
#: Actions that describe a thing with its settings. What is set is always there: Terraform providers compare
#: these answers with what they set, and would else find a difference for ever.
_SETTINGS: Mapping[str, frozenset[str]] = {
    "apig": _of("GetDomain"),
    "cdn": _of("DescribeCdnDomainConfigs"),
    "cloudapi": _of("DescribeApiGroup"),
    "dcdn": _of("DescribeDcdnDomainConfigs"),
    "fc": _of("GetCustomDomain"),
    "fc2": _of("GetCustomDomain"),
    "fc-open": _of("GetCustomDomain"),
    "ga": _of("DescribeListener"),
    "live": _of("DescribeLiveDomainConfigs"),
    "mse": _of("ListGatewayDomain"),
    "nlb": _of("GetListenerAttribute", "ListListeners"),  # the cloud's controller reads them from the list
    "sae": _of("DescribeIngress"),
    "slb": _of("DescribeLoadBalancerHTTPSListenerAttribute"),
    "vod": _of("DescribeVodDomainConfigs"),
    "waf-openapi": _of(
        *("DescribeDomainDetail", "DescribeDefaultHttps", "DescribeCloudResourceAccessPortDetails")
    ),
}
#: By api: what a field that is not told is called in older answers, which tell something else by that name.
_OLDER: Mapping[str, Mapping[str, str]] = {"sae": {"LoadBalanceType": "SlbType"}}
#: Numbers that the vendor's own pages show as text in one answer and as numbers in another.
_AS_TEXT = _of("CasId", "CertId", "CertificateId")
#: Words that decide nothing: a client meets new ones sooner or later.
_WORDS = _of(
    *("AddressAllocatedMode", "AddressIpVersion", "ChargeType", "Coverage", "Edition"),
    *("InstanceChargeType", "InstanceType", "LoadBalancerEdition", "LoadBalancerSpec", "NetworkType"),
    *("PayType", "PlanName", "gatewayType", "cluster_spec", "AccessType"),
)
#: Lists in which the order says something.
_ORDERED = _of(
    "CertChain", "CertificateChainList", "routes", "methods", "CustomCiphers", "cipherSuites", "SslCiphers"
)


def plain(name: str) -> str:
    return name.replace("_", "").lower()


def is_always_there(api: str, action: str, name: str) -> bool:
    if is_lacked(api, action, name):
        return False
    settings = action.lower() in _SETTINGS.get(api.lower(), ())
    return settings or bool(_ALWAYS.search(plain(name))) or is_named(api, action, name)


def is_named(api: str, action: str, name: str) -> bool:
    """Always there by itself, not for what its name says or what the action is for."""
    return _listed(_ALSO, api, action, name)


def is_lacked(api: str, action: str, name: str) -> bool:
    """Known to be missing at times."""
    return _listed(_LACKED, api, action, name)


def older_names(api: str) -> Mapping[str, str]:
    """By today's name. What is not told by that name is told by the older one."""
    return _OLDER.get(api.lower(), {})


def is_total(name: str) -> bool:
    return bool(_TOTAL.match(plain(name)))


def is_of_pages(name: str) -> bool:
    return bool(_PAGE.match(plain(name)))


def is_time_of_change(name: str) -> bool:
    return bool(_CHANGED.search(plain(name))) and plain(name) != "lastmodifier"


def is_shown_as_text(name: str) -> bool:
    return name.lower() in _AS_TEXT


def decides_nothing(name: str) -> bool:
    return name.lower() in _WORDS


def is_ordered(name: str) -> bool:
    return name.lower() in _ORDERED


def _listed(table: Table, api: str, action: str, name: str) -> bool:
    """Actions in a table are exact names, beginnings, or "*" for all."""
    rows = table.get(api.lower(), {})
    return any(name.lower() in names for key, names in rows.items() if key == "*" or action.startswith(key))
