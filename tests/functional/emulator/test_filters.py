"""Filters of lists filter: a value that nothing has brings another answer, or a refusal."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

import pytest

from emulator.api import ApiError, Call, Param, Raw
from emulator.cloud import Cloud
from emulator.declared import COMMON, declarations
from emulator.estate import load_estate
from emulator.unhonoured import OVERLOOKED, OVERLOOKED_OF, REFUSED_OF, refuse

#: Where there is something to list in the sample, if not in cn-hangzhou.
REGIONS = dict.fromkeys(("eas", "fc2", "fc_open", "nlb", "slb"), "cn-shanghai") | {
    "apig": "cn-beijing",
    "sae": "cn-beijing",
}
#: Of a stack of ROS.
TEMPLATE = """
ROSTemplateFormatVersion: '2015-09-01'
Resources: {Shop: {Type: ALIYUN::SLS::Project, Properties: {Name: shop}}}
"""
#: Actions that answer with one thing, or with a key of its own each time, and have no filters.
NO_LISTS = (
    "GetCustomDomain",
    "GetSecretValue",
    "DescribeClusterUserKubeconfig",
    "GetCertificate",
    "GetCallerIdentity",
    "GetGatewayDomainDetail",
    "DescribeDomainDetail",
    "GetCustomHostname",
    *("GetAsyncInvokeConfig", "GetConcurrencyConfig", "GetFunction", "GetLayerVersion", "GetTrigger"),
    *("GetRole", "GetPolicy", "GetPolicyVersion"),
    *("GetTemplate", "GetServiceProvisions", "GetTemplateParameterConstraints"),
    "GetInstance",
)
LISTS = [
    pytest.param(module, name, id=f"{module}-{name}")
    for module, declaration in declarations().items()
    for name in declaration.actions
    if name.startswith(("Describe", "Get", "List", "Query")) and name not in NO_LISTS
]


@pytest.fixture(scope="module")
def sample() -> Cloud:
    cloud = Cloud(settle_s=0)
    cloud.load(load_estate(None))
    for module in ("alb", "nlb"):
        region, _, listener, _ = next(row for row in made(cloud, module) if row[0] == _region(module))
        changed = Call("UpdateListenerAttribute", {"ListenerId": listener}, region, "", request_id="job")
        cloud.execute(cloud.services[module], changed)
    with_a_function(cloud)
    cas = cloud.service("cas")
    resource = next(
        number for number, place in cas.places().items() if place.in_place == "10741304-cn-hangzhou"
    )
    wanted = {"Name": "a job", "JobType": "user", "CertIds": "10741304", "ContactIds": "20001"}
    created = Call("CreateDeploymentJob", wanted | {"ResourceIds": str(resource)}, "", cloud.account)
    cloud.execute(cas, created)
    with_a_role(cloud)
    stack = {"StackName": "shop", "TemplateBody": TEMPLATE, "RegionId": "cn-hangzhou"}
    cloud.execute(cloud.services["ros"], Call("CreateStack", stack, "cn-hangzhou", ""))
    return cloud


def with_a_role(cloud: Cloud) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["fc.aliyuncs.com"]}}
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document, trusted = (json.dumps({"Version": "1", "Statement": [one]}) for one in (allowed, trust))
    attached = {"PolicyType": "Custom", "PolicyName": "blog", "RoleName": "blog"}
    for action, params in (
        ("CreateRole", {"RoleName": "blog", "AssumeRolePolicyDocument": trusted}),
        ("CreatePolicy", {"PolicyName": "blog", "PolicyDocument": document}),
        ("AttachPolicyToRole", attached),
    ):
        cloud.execute(cloud.services["ram"], Call(action, params, "", cloud.account))


def with_a_function(cloud: Cloud) -> None:
    """With a layer, a trigger, and instances of its own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "")
    code = {"zipFile": base64.b64encode(packed.getvalue()).decode()}
    shop = {"functionName": "blog"}
    timer = {"triggerName": "daily", "triggerType": "timer", "triggerConfig": {"cronExpression": "@every 1h"}}
    runs = {"runtime": "python3.10", "handler": "index.handler"}
    for action, params, body in (
        ("CreateFunction", {}, {**shop, **runs, "code": code}),
        ("CreateLayerVersion", {"layerName": "base"}, {"compatibleRuntime": ["python3.10"], "code": code}),
        ("CreateTrigger", shop, timer),
        ("PutConcurrencyConfig", shop, {"reservedConcurrency": 1}),
    ):
        call = Call(action, params, "cn-hangzhou", cloud.account, raw_body=json.dumps(body).encode())
        cloud.execute(cloud.services["fc"], call)


@pytest.mark.parametrize(("module", "name"), LISTS)
def test_what_nothing_has_is_not_found(sample: Cloud, module: str, name: str) -> None:
    needed = required(sample, module, name)
    before = answer(sample, module, name, needed)
    overlooked = OVERLOOKED.keys() | _of(OVERLOOKED_OF, module, name) | COMMON
    action = declarations()[module].actions[name]
    filters = [
        p for p in action.params if p.name in action.looked_at and p.name not in overlooked | needed.keys()
    ]

    ignored = [
        param.name
        for param in filters
        if all(
            answer(sample, module, name, needed | {param.name: value}) == before for value in nowhere(param)
        )
    ]

    assert before[:1] == "{", before
    assert ignored == []


def required(cloud: Cloud, module: str, name: str) -> dict[str, Any]:
    """The parameters that an action has to have, with what there is in the sample."""
    listener = next((row for row in made(cloud, module) if row[0] == _region(module)), None)
    known: dict[str, Any] = {
        "SiteId": cloud.service("esa")._sites[0].id,
        "GroupId": cloud.service("cloudapi")._groups[0].id,
        "AcceleratorId": cloud.service("ga")._accelerators[0].id,
        "GatewayUniqueId": cloud.service("mse")._gateways[0].id,
        "GatewayId": cloud.service("eas")._gateways[0].id,
        "ClusterId": cloud.service("eas")._gateways[0].region,
        "InstanceId": cloud.service("waf_openapi").instances["cn-hangzhou"].id,
        "NamespaceId": "cn-beijing",
        "region_id": "cn-hangzhou",
        "FunctionNames": "https_option" if module not in ("live", "vod") else "",
        **dict.fromkeys(("CertId", "CertificateId"), 10741304),
        "CertIds": "10741304",
        "DomainName": {"dcdn": "app", "vod": "vod", "live": "live", "cloudapi": "open"}.get(module, "www")
        + ".example.com",
        "Domain": "checkout.example.com",
        "domainId": next(
            row.id for row in cloud.service("apig")._domains.values() if row.region == "cn-beijing"
        ),
        "Id": str(cloud.service("mse")._gateways[0].domains[0].id),
        "IngressId": next(row.id for row in cloud.service("sae")._ingresses if row.region == "cn-beijing"),
        "ResourceInstanceId": "i-bp1checkout",
        "JobId": 50001 if module == "cas" else "job",
        "ContactId": 20001,
        "StackId": next(iter(cloud.service("ros").stacks)),
        "LogicalResourceId": "Shop",
        **(
            {"LoadBalancerId": listener[1], "ListenerId": listener[2], "ListenerPort": listener[3]}
            if listener
            else {}
        ),
        **{"functionName": "blog", "layerName": "base"},
        **{"RoleName": "blog", "PolicyName": "blog", "PolicyType": "Custom", "VersionId": "v1"},
        "PageNumber": 1,
        "PageSize": 20,
    }
    return {
        p.name: known[p.name]
        for p in declarations()[module].actions[name].params
        if (p.required or (module, p.name) == ("cas", "JobId")) and p.name not in COMMON
    }


def made(cloud: Cloud, module: str) -> list[tuple[str, str, str, int]]:
    """Region, load balancer, listener and port of the listeners with TLS."""
    if module == "ga":
        rows = cloud.service("ga")._all()
        return [("cn-hangzhou", a.id, row.id, row.port) for a, row in rows if row.protocol == "HTTPS"]
    if module not in ("alb", "nlb", "slb"):
        return []
    return [
        (row.balancer.region, row.balancer.id, getattr(row, "id", ""), row.port)
        for row in cloud.service(module)._all_listeners()
        if row.protocol in ("HTTPS", "TCPSSL", "https")
    ]


def nowhere(param: Param) -> list[Any]:
    """Values that nothing has; of a switch both."""
    fields = param.element.fields if param.element else ()
    of_list = [{field.name: "nowhere" for field in fields}] if fields else ["nowhere"]
    return {
        "Boolean": [True, False],
        "Integer": [987654, 1 << 61],
        "Long": [987654, 1 << 61],
        "Array": [of_list],
        "RepeatList": [of_list],
        "Json": [[{"key": "nowhere"}]],
    }.get(param.type, ["nowhere"])


def answer(cloud: Cloud, module: str, name: str, params: dict[str, Any]) -> str:
    call = Call(name, params, _region(module), cloud.account)
    try:
        refuse(module, name, params)
        told = cloud.execute(cloud.services[module], call)
    except ApiError as error:
        return error.code
    return told.body.decode() if isinstance(told, Raw) else json.dumps(told, default=str)


def _of(table: Any, module: str, name: str) -> set[str]:
    return {one for key in (f"{module}.*", f"{module}.{name}") for one in table.get(key, {})}


def test_the_tables_name_parameters_that_there_are() -> None:
    for key, names in [*OVERLOOKED_OF.items(), *REFUSED_OF.items()]:
        module, _, name = key.partition(".")
        actions = declarations()[module].actions
        of = actions.values() if name == "*" else [actions[name]]
        assert names.keys() <= {param.name for action in of for param in action.params}, key


def _region(module: str) -> str:
    return REGIONS.get(module, "cn-hangzhou")
