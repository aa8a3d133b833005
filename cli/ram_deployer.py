"""What `certdeploy deploy`, `stack`, `logs` and `destroy` need: ROS acts with the rights of who asks it.

All that a stack makes bears its name, so actions are narrowed to that; `${Prefix}-*` also fits another stack
whose name begins alike. Who may make roles and policies can give himself any right: keep this to few. Which
actions ROS calls for a resource is its own affair, so those of most services are granted whole there.
"""

from collections.abc import Iterator
from typing import Final

from cli.stacks import ros
from cli.stacks.objects import FOLDER
from shared.runtime.statements import ACCOUNT, INSTANCE, PREFIX, REGION, Statement

BUCKET: Final = "CodeBucket"
_AT: Final = f"${{{REGION}}}:${{{ACCOUNT}}}"
_ROLES: Final = ("CreateRole", "GetRole", "UpdateRole", "DeleteRole", "ListPoliciesForRole", "PassRole")
_ATTACHED: Final = ("AttachPolicyToRole", "DetachPolicyFromRole")  # need both, the role and the policy
#: Roles of which ROS tells whether they are there.
_OF_SERVICES: Final = ("AliyunServiceRoleFor", "aliyunservicerolefor")
_POLICIES: Final = (
    *("CreatePolicy", "GetPolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"),
    *("GetPolicyVersion", "ListPolicyVersions"),
)


def statements() -> Iterator[Statement]:
    yield Statement(tuple(sorted(ros.API.rights(*ros.ACTIONS))))
    yield Statement(("oss:ListBuckets",), (f"acs:oss:*:${{{ACCOUNT}}}:*",))
    bucket = f"acs:oss:*:${{{ACCOUNT}}}:${{{BUCKET}}}"
    yield Statement(("oss:GetBucketAcl", "oss:ListObjects", "oss:PutBucket"), (bucket,))
    yield Statement(("oss:GetObject", "oss:PutObject"), (f"{bucket}/{FOLDER}*",))
    functions, layers = (f"acs:fc:{_AT}:{kind}/${{{PREFIX}}}-*" for kind in ("functions", "layers"))
    # Of one that is not there yet the vendor's pages do not say by which name it is authorised.
    yield Statement(("fc:CreateFunction",), (f"acs:fc:{_AT}:functions/*",))
    yield Statement(("fc:*",), (functions, layers))
    roles, policies = (f"acs:ram:*:${{{ACCOUNT}}}:{kind}/${{{PREFIX}}}-*" for kind in ("role", "policy"))
    yield Statement(tuple(f"ram:{name}" for name in _ROLES), (roles,))
    # Names of roles are compared in small letters, by one of the vendor's pages.
    own = tuple(f"acs:ram:*:${{{ACCOUNT}}}:role/{name}*" for name in _OF_SERVICES)
    yield Statement(("ram:GetRole",), own)
    yield Statement(tuple(f"ram:{name}" for name in _ATTACHED), (roles, policies))
    yield Statement(tuple(f"ram:{name}" for name in _POLICIES), (policies,))
    instance = f"acs:ots:{_AT}:instance/${{{INSTANCE}}}"
    yield Statement(("ots:*",), (instance, f"{instance}/*"))
    project = f"acs:log:{_AT}:project/${{{PREFIX}}}-${{{ACCOUNT}}}"
    yield Statement(("log:*",), (project, f"{project}/*"))
