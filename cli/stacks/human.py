"""Resources of template.yml in words, and what went wrong with one in a sentence."""

import re
from collections.abc import Iterable
from typing import Final

from cli.stacks.ros import Event
from shared.cloud.redact import redact

_KINDS: Final = {
    "ALIYUN::FC3::Function": ("function", "functions"),
    "ALIYUN::FC3::LayerVersion": ("layer", "layers"),
    "ALIYUN::FC3::Trigger": ("trigger", "triggers"),
    "ALIYUN::FC3::AsyncInvokeConfig": ("retries", "settings of retries"),
    "ALIYUN::FC3::ConcurrencyConfig": ("limit of instances", "limits of instances"),
    "ALIYUN::RAM::Role": ("role", "roles"),
    "ALIYUN::OTS::Instance": ("Tablestore instance", "Tablestore instances"),
    "ALIYUN::OTS::Table": ("table", "tables"),
    "ALIYUN::SLS::Project": ("log project", "log projects"),
    "ALIYUN::SLS::Logstore": ("log store", "log stores"),
    "ALIYUN::SLS::Index": ("index of logs", "indexes of logs"),
}
_ENDINGS: Final = ("Role", "Async", "Table", "Timer", "Trigger", "Concurrency")
#: What holds the state: it is not made anew without being told.
STATE: Final = ("ALIYUN::OTS::Instance", "ALIYUN::OTS::Table")
_STACK: Final = "ALIYUN::ROS::Stack"
_BEGUN: Final = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
_CODE: Final = re.compile(r"code: \d{3}, (?P<code>[\w.:-]+): (?P<message>.*?)(?: requestId: .*)?$", re.S)
#: By what a reason tells, the first that fits: what to do.
_HINTS: Final = (
    (r"not ?opened|NotActivated|not activated|UserNotExist|not open", "activate the product in its console"),
    (r"ServiceLinkedRole|service-linked", "make the service-linked role: open the product's console once"),
    (
        r"NoPermission|Forbidden|AccessDenied|not authorized",
        "grant this to whoever deploys: certdeploy ram print deployer",
    ),
    (r"OTSQuotaExhausted|QuotaExceeded|LimitExceeded|Quota", "ask for more of the quota, or give some back"),
    (
        "OTSObjectAlreadyExist",
        "it is of an earlier stack: --parameter State=kept goes on with it, --name NAME begins another",
    ),
    (
        r"AlreadyExist",
        "one of this name is there, perhaps of an earlier stack: give this stack another name (--name), or"
        " remove what is left",
    ),
    (r"NoSuchKey|NoSuchBucket", "the objects are not in the bucket any more: deploy again"),
)


def kind_of(kind: str, count: int = 1) -> str:
    """`ALIYUN::FC3::Function` → function."""
    one, many = _KINDS.get(kind, (kind, kind))
    return one if count == 1 else many


def called(name: str, kind: str) -> str:
    """A resource of the template: `role of scan_expiry`, `table jobs`."""
    if kind == _STACK:
        return f"stack {name}"
    what = kind_of(kind)
    if kind == "ALIYUN::FC3::LayerVersion":
        return "layer of what functions import" + (" of AWS" if "Aws" in name else "")
    stem = name
    for ending in _ENDINGS:
        if name.endswith(ending) and name != ending:
            stem = name.removesuffix(ending)
            break
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower()
    if kind in ("ALIYUN::FC3::Function", "ALIYUN::OTS::Table"):
        return f"{what} {snake}"
    if kind in (
        "ALIYUN::OTS::Instance",
        "ALIYUN::SLS::Project",
        "ALIYUN::SLS::Logstore",
        "ALIYUN::SLS::Index",
    ):
        return what
    return f"{what} of {snake}"


def first_failure(events: Iterable[Event]) -> str:
    """Of events in their order: the first resource that failed, why, and what to do; "" if none did.

    What was cut short because another had failed is no cause.
    """
    for event in events:
        if event.status.endswith("_FAILED") and event.kind != _STACK and _cause(event.reason):
            verb = {"CREATE": "made", "UPDATE": "changed", "DELETE": "removed"}.get(
                event.status.partition("_")[0], "brought about"
            )
            return f"the {called(event.name, event.kind)} could not be {verb}: {why(event.reason)}"
    return ""


def last_failure(events: Iterable[Event]) -> str:
    """The first one since the stack was last asked for something; events as for `first_failure`.

    What follows a failure is a way back that may well succeed, and its reason says nothing.
    """
    since: list[Event] = []
    for event in events:
        if event.kind == _STACK and event.status in _BEGUN:
            since = []
        since.append(event)
    return first_failure(since)


def why(reason: str) -> str:
    """The cloud's reason on one line, and what to do about it."""
    found = _CODE.search(reason)
    told = f"{found['message'].strip(' .')} ({found['code']})" if found else reason.strip()
    told = redact(" ".join(told.split()))[:500] or "ROS tells no reason"
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, reason, re.I)), "")
    return f"{told}{'; ' if hint else ''}{hint}"


def _cause(reason: str) -> bool:
    return "canceled" not in reason.lower() and "cancelled" not in reason.lower()
