"""Declared parameters that the emulator does not honour.

They are overlooked where the answer is the same without them, and refused where it would be a wrong one.

By name, whatever the action; or, where other actions honour a parameter of that name, by product and action.
Tests hold these tables to the declarations, and see that filters of lists filter. `--loose` overlooks what is
refused.
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
    **dict.fromkeys(
        ("OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"),
        "the account is that of the key",
    ),
    "EnableTagAuth": "rights by tags are not emulated",
    "HeraApiAutoVersion": "version of the vendor's own front end",
    "HybridCloudExclude": "there is no hybrid cloud",
    **dict.fromkeys(("AllowConsoleLogin", "NewAllowConsoleLogin"), "there is no console"),
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
            *("vpcId", "fcVersion", "gpuType"),
        ),
        "filters the rows",
    ),
    **dict.fromkeys(("DescSort", "OrderBy", "OrderItem", "Sort"), "orders the rows"),
    "CaCertificateBody": "switches mutual TLS on",
    "Env": "sets the certificate in a staging environment alone",
    "FetchExtendedConfig": "adds the rotation of a secret to the answer",
    "CascadingDelete": "deletes the versions too",
    "KeyServerId": "has the private key held elsewhere",
    "Policy": "narrows the rights of the session",
    "Recipient": "has the secret encrypted for an enclave",
    "withStatistics": "adds figures to the answer",
}
_GROUPS, _FILTERS = "resource groups are not emulated", "filters the rows"
_CUSTOM = "only custom policies have versions"
#: By service and action, `*` for all: parameters that are overlooked, with the reason.
OVERLOOKED_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "cas.DeleteUserCertificate": {"ClientToken": "a certificate is deleted once"},
    "cas.ListCloudAccess": {"SecretId": "there are no access keys of other clouds"},
    "cas.UploadUserCertificate": {"ResourceGroupId": _GROUPS},
    "ros.*": {
        "ClientToken": "reads are the same when they are repeated",
        "DryRunOptions": "adds nothing that is told here",
        "IncludePermission": "of templates that ROS keeps",
        "IncludeTags": "of templates that ROS keeps",
        "LogOption": "stacks have no logs here",
        "NotificationURLs": "nobody is told of events",
        "Parallelism": "resources that do not need each other are made side by side",
        "ResourceGroupId": _GROUPS,
        "ShowNestedStack": "there are none",
        "TemplateScratchRegionId": "of templates that ROS keeps",
        "TemplateVersion": "of templates that ROS keeps",
    },
    "slb.UploadServerCertificate": dict.fromkeys(("ResourceGroupId", "Tag"), f"{_GROUPS}, nor are tags here"),
    "nlb.*": {"ClientToken": "reads and jobs are the same when they are repeated"},
    "fc.*": {"qualifier": "there are no versions and aliases"},
    "fc2.InvokeFunction": {"x-fc-log-type": "no log comes with the answer"},
    "cloudapi.DescribeApiGroup": {"Tag": "groups have none, and one group is asked for"},
    "cs.DescribeRegions": {"profile": "all kinds of clusters are in every region"},
    "ram.*": {"Tag": "tags in RAM are not emulated", "ResourceGroupId": _GROUPS},
    "ram.GetPolicyVersion": {"PolicyType": _CUSTOM},
    "ram.ListPolicyVersions": {"PolicyType": _CUSTOM},
    "waf_openapi.DescribeResourceInstanceCerts": {
        "ResourceInstanceId": "any instance may have any certificate"
    },
    "waf_openapi.*": {"ResourceManagerResourceGroupId": _GROUPS},
    "waf_openapi.ModifyDomain": dict.fromkeys(
        ("AccessType", "DomainId"), "the domain is named, in CNAME access"
    ),
}
#: Likewise: parameters that are refused, with what they would do.
REFUSED_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "alb.ListListeners": {"Tag": _FILTERS},
    "alb.ListLoadBalancers": dict.fromkeys(("PayType", "ZoneId"), _FILTERS),
    "apig.ListDomains": dict.fromkeys(("gatewayType", "domainScope"), _FILTERS),
    "apig.ListGateways": dict.fromkeys(("gatewayType", "resourceGroupId", "tag"), _FILTERS),
    "cas.GetMatchedResources": {"NextToken": "asks for another page", "ResourceScope": _FILTERS},
    "cas.ListCertificates": {"ResourceGroupId": _FILTERS},
    "cas.ListInstances": dict.fromkeys(
        ("AutoReissueFlag", "Brand", "ResourceGroupId", "ServerDeployFlag", "VersionType"), _FILTERS
    ),
    "cas.ListUserCertificateOrder": {"ResourceGroupId": _FILTERS},
    "cdn.DescribeCdnDomainConfigs": {"ConfigId": _FILTERS},
    "cdn.DescribeUserDomains": dict.fromkeys(("ResourceGroupId", "Source", "Tag"), _FILTERS),
    "cloudapi.DescribeApiGroups": dict.fromkeys(("InstanceId", "Tag"), _FILTERS),
    "dcdn.DescribeDcdnDomainConfigs": {"ConfigId": _FILTERS},
    "dcdn.DescribeDcdnUserDomains": dict.fromkeys(("ResourceGroupId", "Tag"), _FILTERS),
    "ddoscoo.DescribeDomains": {"ResourceGroupId": _FILTERS},
    "ddoscoo.DescribeWebRules": {"ResourceGroupId": _FILTERS},
    "eas.ListGateway": {**dict.fromkeys(("Label", "ResourceName"), _FILTERS), "Order": "orders the rows"},
    "esa.ListRecords": dict.fromkeys(("SourceType", "Type"), _FILTERS),
    "esa.ListSites": {"ResourceGroupId": _FILTERS},
    "fc.ListFunctions": dict.fromkeys(("description", "functionName", "resourceGroupId", "tags"), _FILTERS),
    "fc.ListLayers": dict.fromkeys(("official", "public"), _FILTERS),
    "ga.ListAccelerators": dict.fromkeys(("ResourceGroupId", "Tag"), _FILTERS),
    "kms.GetSecretValue": {"DryRun": "asks for no value", "VersionId": "picks a version"},
    "live.DescribeLiveUserDomains": dict.fromkeys(("RegionName", "ResourceGroupId", "Tag"), _FILTERS),
    "nlb.GetListenerAttribute": {"DryRun": "asks for no answer"},
    "nlb.GetLoadBalancerAttribute": {"DryRun": "asks for no answer"},
    "nlb.ListListeners": dict.fromkeys(("SecSensorEnabled", "Tag"), _FILTERS),
    "nlb.ListLoadBalancers": {"ZoneId": _FILTERS},
    "ots_control.ListInstances": dict.fromkeys(("InstanceNameList", "ResourceGroupId", "Tag"), _FILTERS),
    "ros.*": {
        **dict.fromkeys(("ChangeSetId", "StackGroupName"), "asks for another template"),
        **dict.fromkeys(("StackPolicyBody", "StackPolicyURL"), "protects resources from changes"),
        **dict.fromkeys(
            ("StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL"), "protects resources from changes"
        ),
        "CreateOptions": "changes how the stack is made",
        "DeleteOptions": "changes how the stack is deleted",
        "EnablePreConfig": "adds parameters for a check of compliance to the answer",
        "RamRoleName": "has the stack made with the rights of a role",
        "ShowResourceProgress": "adds the progress to the answer",
        "TaintResources": "has resources made anew",
        "TemplateStage": "asks for another form of the template",
        "UpdateInfoOptions": "adds to the answer what a change of each parameter would do",
        "ValidationOption": "has templates of Terraform checked",
    },
    "ros.ContinueCreateStack": {"RecreatingOptions": "says how what failed is made anew"},
    "ros.GetTemplateParameterConstraints": {"ParametersOrder": "asks for the parameters in an order"},
    "ros.ListStacks": dict.fromkeys(("EndTime", "ParentStackId", "ResourceGroupId", "StartTime"), _FILTERS),
    "ros.UpdateStack": {"ReplacementOption": "has resources replaced"},
    "sae.ListIngresses": {"AppId": _FILTERS},
    "slb.DescribeLoadBalancerListeners": dict.fromkeys(("Description", "Tag"), _FILTERS),
    "slb.DescribeLoadBalancers": dict.fromkeys(("Tag", "Tags", "VSwitchId", "VpcId"), _FILTERS),
    "slb.DescribeServerCertificates": dict.fromkeys(("ResourceGroupId", "Tag"), _FILTERS),
    "vod.DescribeVodUserDomains": {"Tag": _FILTERS},
    "waf_openapi.DescribeDomains": dict.fromkeys(("Backend", "Tag"), _FILTERS),
}


def refuse(service: str, action: str, given: Mapping[str, Any]) -> None:
    """Raises ApiError for the first parameter that would make the answer another one.

    An empty list says nothing: the vendor's SDKs send one where nobody gave any. `service`: its module.
    """
    of = (REFUSED_OF.get(f"{service}.{name}", {}) for name in ("*", action))
    refused = {name: why for table in (REFUSED, *of) for name, why in table.items()}
    for name in sorted(name for name in refused.keys() & given.keys() if given[name] not in EMPTY):
        told = f"{name} of {action} is not emulated: it {refused[name]}. --loose overlooks it."
        raise ApiError(501, "NotEmulated", told)
