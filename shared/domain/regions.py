"""The regions that hosts are made from. A name that is none of them is in no host, whoever says it.

Names come in with requests, events, rows of the state and answers of the cloud, which others may write; in a
host, a name such as `evil.example/?x=` sends a signed request to a stranger. The table is fixed, and grows by
`CERTDEPLOY_MORE_REGIONS` alone.
"""

import difflib
import re
from dataclasses import dataclass
from typing import Final

#: Source: the vendor's list of regions, and the endpoint tables of its SDKs (2026).
ALIBABA_CLOUD: Final = (
    *("cn-hangzhou", "cn-shanghai", "cn-qingdao", "cn-beijing", "cn-zhangjiakou", "cn-huhehaote"),
    *("cn-wulanchabu", "cn-shenzhen", "cn-heyuan", "cn-guangzhou", "cn-chengdu", "cn-hongkong"),
    *("cn-nanjing", "cn-fuzhou", "cn-wuhan-lr", "cn-zhengzhou-jva", "cn-zhongwei"),
    *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    *("ap-southeast-3", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-southeast-8"),
    *("eu-central-1", "eu-west-1", "eu-west-2", "me-central-1", "me-east-1", "na-south-1"),
    *("us-east-1", "us-west-1", "us-southeast-1"),
    # finance and government
    *("cn-hangzhou-finance", "cn-shanghai-finance-1", "cn-shenzhen-finance-1", "cn-beijing-finance-1"),
    *("cn-north-2-gov-1", "cn-heyuan-acdr-1", "cn-wulanchabu-acdr-1"),
    # as OSS alone names some
    *("cn-hzfinance", "cn-hzjbp", "cn-szfinance", "rg-china-mainland"),
)
#: Source: botocore 1.40's endpoints, without those of secret partitions.
AWS: Final = (
    *("af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    *("ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"),
    *("ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1"),
    *("eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2"),
    *("us-west-1", "us-west-2", "cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"),
    *("eusc-de-east-1",),
)
SETTING: Final = "CERTDEPLOY_MORE_REGIONS"
_FORM: Final = re.compile(r"[a-z]{2,4}-[a-z]+(-[a-z0-9]+){0,3}")
_LONGEST: Final = 40


@dataclass(frozen=True)
class Regions:
    """The regions of one cloud. `more`: those that the owner's setting adds."""

    table: tuple[str, ...] = ALIBABA_CLOUD
    more: tuple[str, ...] = ()

    def __contains__(self, region: str) -> bool:
        return region in self.table or region in self.more

    def why_not(self, region: str) -> str:
        """Why no host is made from it, in one sentence; "" if it is known."""
        if region in self:
            return ""
        (nearest,) = difflib.get_close_matches(region[:_LONGEST], [*self.table, *self.more], 1, 0.0)
        return f"{shown(region)} is no known region, the nearest is {nearest}; {SETTING} adds new ones"


KNOWN: Final = Regions()


def well_formed(region: str) -> bool:
    """Whether a region may have this name, such as `cn-hangzhou` or `ap-southeast-1`."""
    return len(region) <= _LONGEST and _FORM.fullmatch(region) is not None


def shown(text: str) -> str:
    """Text of others within a message: short, quoted unless it is plain, and without control characters."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return short if _FORM.fullmatch(text) else ascii(short)
