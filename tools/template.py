"""The parts of template.yml that follow from the code: a block per deploy function, discovery's grants.

They stand between the markers `# >>> written by tools.products` and `# <<<`; all else is written by hand.
"""

import re
from collections import defaultdict

from shared.domain.resources import CloudProduct
from shared.products import adapter_class, supported_products
from shared.runtime.grants import grants

BEGIN, END = "# >>> written by tools.products", "# <<<"
#: The resources of our own that actions are narrowed to; a product's Api says those of the product.
OWN = {
    "ots": "acs:ots:${ALIYUN::Region}:${ALIYUN::TenantId}:instance/${OtsInstance}/table/*",
    "fc:InvokeFunction": "acs:fc:${ALIYUN::Region}:${ALIYUN::TenantId}:functions/${Prefix}-*",
}

BLOCK = """\
  # --- deploy_{name} {rule}
  {logical}Role:
    Type: ALIYUN::RAM::Role
    Properties:
      RoleName: {{Fn::Sub: '${{Prefix}}-deploy-{name}'}}
      Description: Permissions of the function deploy_{name}
      AssumeRolePolicyDocument:
        Version: '1'
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: {{Service: [fc.aliyuncs.com]}}
      Policies:
        - PolicyName: {{Fn::Sub: '${{Prefix}}-deploy-{name}'}}
          PolicyDocument:
            Version: '1'
            Statement:
{statements}

  {logical}:
    Type: ALIYUN::FC3::Function
    Properties:
      FunctionName: {{Fn::Sub: '${{Prefix}}-deploy_{name}'}}
      Description: Deploys the certificates of a job to {code}.
      Runtime: python3.10
      Handler: index.handler
      Timeout: 900
      MemorySize: 512
      Cpu: 0.5
      DiskSize: 512
      Role: {{Fn::GetAtt: [{logical}Role, Arn]}}
      Code:
        OssBucketName: {{Ref: CodeBucket}}
        OssObjectName: {{Fn::Sub: 'certdeploy/deploy_{name}-${{CodeVersion}}.zip'}}
      EnvironmentVariables:
        CERTDEPLOY_PREFIX: {{Ref: Prefix}}
        CERTDEPLOY_OTS_INSTANCE: {{Ref: OtsInstance}}
        CERTDEPLOY_OTS_ENDPOINT: {{Fn::GetAtt: [Ots, PublicEndpoint]}}
        CERTDEPLOY_HOSTS: {{Ref: Hosts}}
        CERTDEPLOY_STORES: {{Ref: Stores}}
        CERTDEPLOY_ROOTS: {{Ref: Roots}}
        CERTDEPLOY_REGIONS: {{Ref: Regions}}
        CERTDEPLOY_PRODUCTS: {{Ref: Products}}
{own_settings}
  {logical}Async:
    Type: ALIYUN::FC3::AsyncInvokeConfig
    Properties:
      FunctionName: {{Fn::GetAtt: [{logical}, FunctionName]}}
      MaxAsyncRetryAttempts: 3
      MaxAsyncEventAgeInSeconds: 86400
"""


def scopes() -> dict[str, str]:
    """The resources that actions are narrowed to, by RAM action or the prefix of all of a product's."""
    apis = {api for product in supported_products() for api in adapter_class(product).apis()}
    named = {api.ram: f"acs:{api.ram}:*:${{ALIYUN::TenantId}}:{api.scope}" for api in apis if api.scope}
    return named | OWN


def own_settings(product: CloudProduct) -> str:
    """Each by the parameter of the template that is named alike: CERTDEPLOY_AWS_REGIONS by AwsRegions.

    discover_resources has the same, by hand.
    """
    pairs = {
        name: "".join(part.capitalize() for part in name.removeprefix("CERTDEPLOY_").split("_"))
        for name in adapter_class(product).environment
    }
    return "".join(f"        {name}: {{Ref: {parameter}}}\n" for name, parameter in pairs.items())


def statements(actions: frozenset[str]) -> str:
    """One statement for each service and the resources that its actions are narrowed to."""
    narrowed_to = scopes()
    by_scope: dict[tuple[str, str], list[str]] = defaultdict(list)
    for action in sorted(actions):
        service = action.partition(":")[0]
        by_scope[service, narrowed_to.get(action) or narrowed_to.get(service, "*")].append(action)
    pad = " " * 14
    lines = []
    for (_, scope), names in by_scope.items():
        lines += [f"{pad}- Effect: Allow", f"{pad}  Action:", *(f"{pad}    - {name}" for name in names)]
        narrowed = [f"{pad}  Resource:", f"{pad}    - Fn::Sub: {scope}"]
        lines += [f"{pad}  Resource: ['*']"] if scope == "*" else narrowed
    return "\n".join(lines)


def deploy_blocks() -> str:
    granted = grants()
    blocks = []
    for product in supported_products():
        name = product.value.lower()
        blocks.append(
            BLOCK.format(
                name=name,
                logical=f"Deploy{name.capitalize()}",
                code=product.value,
                rule="-" * (87 - len(name)),
                statements=statements(granted[f"deploy_{name}"]),
                own_settings=own_settings(product),
            )
        )
    return "\n".join(blocks)


def rewritten(text: str) -> str:
    """`text` with both parts as the code has them now."""
    parts = iter((statements(grants()["discover_resources"]) + "\n", deploy_blocks()))
    marked = re.compile(rf"(?P<begin>^ *{re.escape(BEGIN)}\n).*?(?P<end>^ *{re.escape(END)}\n)", re.M | re.S)
    return marked.sub(lambda found: found["begin"] + next(parts) + found["end"], text)
