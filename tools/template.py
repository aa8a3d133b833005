"""The parts of template.yml that follow from the code: a block per deploy function, what the roles grant.

They stand between the markers `# >>> written by tools.products: <part>` and `# <<<`; all else is written by
hand. A part is what the role of a function grants, or `deploy functions`.
"""

import re

from shared.domain.resources import CloudProduct
from shared.products import adapter_class, supported_products
from tools.statements import statements

BEGIN, END = "# >>> written by tools.products: ", "# <<<"
DEPLOYS = "deploy functions"

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
      Runtime: {{Ref: Runtime}}
      Handler: deploy_{name}.handler
      Timeout: 900
      MemorySize: 512
      Cpu: 0.5
      DiskSize: 512
      Role: {{Fn::GetAtt: [{logical}Role, Arn]}}
      Code:
        OssBucketName: {{Ref: CodeBucket}}
        OssObjectName: {{Ref: CodeObject}}
      LogConfig:
        Project: {{Fn::GetAtt: [LogProject, Name]}}
        Logstore: {{Fn::GetAtt: [LogStore, LogstoreName]}}
        EnableRequestMetrics: true
      Layers:
{layers}
      EnvironmentVariables:
        CERTDEPLOY_PREFIX: {{Ref: Prefix}}
        CERTDEPLOY_OTS_INSTANCE: {{Ref: OtsInstance}}
        CERTDEPLOY_OTS_ENDPOINT: {{Fn::Sub: 'https://${{OtsInstance}}.${{ALIYUN::Region}}.vpc.tablestore.aliyuncs.com'}}
        CERTDEPLOY_HOSTS: {{Ref: Hosts}}
        CERTDEPLOY_MORE_REGIONS: {{Ref: MoreRegions}}
        CERTDEPLOY_STORES: {{Ref: Stores}}
        CERTDEPLOY_ACCOUNTS: {{Ref: Accounts}}
        CERTDEPLOY_EXTERNAL_ID: {{Ref: ExternalId}}
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
      DestinationConfig: {{OnFailure: {{Destination: {{Fn::GetAtt: [RecordDeadLetter, ARN]}}}}}}
"""


def layers(product: CloudProduct) -> list[str]:
    """What its function imports beside the code."""
    return ["Layer", "LayerOfAws"] if product is CloudProduct.AWS else ["Layer"]


def own_settings(product: CloudProduct) -> str:
    """Each by the parameter of the template that is named alike: CERTDEPLOY_AWS_REGIONS by AwsRegions.

    discover_resources has the same, by hand.
    """
    pairs = {
        name: "".join(part.capitalize() for part in name.removeprefix("CERTDEPLOY_").split("_"))
        for name in adapter_class(product).environment
    }
    texts = {name: f"{{Ref: {parameter}}}" for name, parameter in pairs.items()}
    texts |= {name: secret_named(parameter) for name, parameter in adapter_class(product).secrets.items()}
    return "".join(f"        {name}: {text}\n" for name, text in texts.items())


def secret_named(parameter: str) -> str:
    """The setting for a secret of KMS whose name is a parameter; none if that is empty."""
    return f"{{Fn::If: [No{parameter}, '', {{Fn::Sub: 'kms:${{{parameter}}}'}}]}}"


def deploy_blocks() -> str:
    blocks = []
    for product in supported_products():
        name = product.value.lower()
        blocks.append(
            BLOCK.format(
                name=name,
                logical=f"Deploy{name.capitalize()}",
                code=product.value,
                rule="-" * (87 - len(name)),
                statements=statements(f"deploy_{name}"),
                layers="\n".join(
                    f"        - {{Fn::GetAtt: [{one}, LayerVersionArn]}}" for one in layers(product)
                ),
                own_settings=own_settings(product),
            )
        )
    return "\n".join(blocks)


def rewritten(text: str) -> str:
    """`text` with the parts as the code has them now."""
    marked = re.compile(
        rf"(?P<begin>^ *{re.escape(BEGIN)}(?P<part>[^\n]+)\n).*?(?P<end>^ *{re.escape(END)}\n)", re.M | re.S
    )
    return marked.sub(lambda found: found["begin"] + _part(found["part"]) + found["end"], text)


def _part(name: str) -> str:
    return deploy_blocks() if name == DEPLOYS else statements(name) + "\n"
