"""Declared parameters that the emulator does not honour.

They are overlooked where the answer is the same without them, and refused where it would be a wrong one.

By the names that occur nowhere else in the emulator, whatever the action; a test holds these tables to the
declarations. `--loose` overlooks what is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from emulator.api import ApiError

EMPTY: Final[tuple[Any, ...]] = (None, "", "null", "[]", "{}", [], {})
#: Overlooked, with the reason.
OVERLOOKED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("AcceptLanguage", "acceptLanguage", "Language"), "language of names and messages"),
    "X-Fc-Account-Id": "the account is that of the key",
    **dict.fromkeys(("X-Fc-Date", "X-Fc-Trace-Id", "x-fc-trace-id"), "for the vendor's logs"),
    "EnableTagAuth": "rights by tags are not emulated",
    "ExternalId": "the emulated roles ask for none",
    "HeraApiAutoVersion": "version of the vendor's own front end",
    "HybridCloudExclude": "there is no hybrid cloud",
    "ServiceCode": "of whose regions; there are no others",
    "SourceIdentity": "for the audit log, which is not emulated",
}
#: Refused, with what it would do.
REFUSED: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("BasePath", "BizName", "ChangeEndTime", "ChangeStartTime", "CheckDomainShow", "CustomPort"),
            *("GatewayType", "InstanceIds", "Ipv6AddressType", "OnlyEnterprise", "PlanSubscribeType"),
            *("RecordMatchType", "ResourceDomain", "ResourceFunction", "ResourceRouteName", "ServerId"),
            *("ServerIntranetAddress", "SiteSearchType", "TagFilter", "ValidOnly", "VpcIds", "clusterType"),
            "vpcId",
        ),
        "filters the rows",
    ),
    **dict.fromkeys(("DescSort", "OrderBy", "OrderItem", "Sort"), "orders the rows"),
    "CaCertificateBody": "switches mutual TLS on",
    "Env": "sets the certificate in a staging environment alone",
    "FetchExtendedConfig": "adds the rotation of a secret to the answer",
    "KeyServerId": "has the private key held elsewhere",
    "Policy": "narrows the rights of the session",
    "Recipient": "has the secret encrypted for an enclave",
    "withStatistics": "adds figures to the answer",
}


def refuse(action: str, given: Mapping[str, Any]) -> None:
    """Raises ApiError for the first parameter that would make the answer another one.

    An empty list says nothing: the vendor's SDKs send one where nobody gave any.
    """
    for name in sorted(name for name in REFUSED.keys() & given.keys() if given[name] not in EMPTY):
        told = f"{name} of {action} is not emulated: it {REFUSED[name]}. --loose overlooks it."
        raise ApiError(501, "NotEmulated", told)
