"""Accounts of Alibaba Cloud that are looked after beside the installation's own, and what is where in them.

What names something within an account, such as a region or a store of CAS, is written with the account before
it: `1234@cn-hangzhou`. Without one it is the installation's own, as in rows of versions that knew no other.
"""

import re
from typing import Final

from pydantic import Field

from shared.domain.values import Value

OWN: Final = ""
_BETWEEN: Final = "@"
NOWHERE: Final = "-"  #: in place of a region, where the product is global
ROLE: Final = re.compile(r"acs:ram::(?P<account>[0-9]{1,20}):role/(?P<name>[A-Za-z0-9._-]{1,64})")
SESSION: Final = re.compile(r"[A-Za-z0-9.@_-]{2,64}")
EXTERNAL_ID: Final = re.compile(r"[A-Za-z0-9+=,.@:/_-]{2,1224}")  # as STS takes it


class Account(Value):
    """Another account, and the role in it that is assumed to work there."""

    id: str  #: a number
    role: str  #: its ARN
    external_id: str = Field(default="", repr=False)  #: that the role's trust policy asks for
    session: str = "certdeploy"  #: what the account's ActionTrail shows


def within(account: str, place: str) -> str:
    """`place` in an account: as it is in the own one."""
    return f"{account}{_BETWEEN}{place or NOWHERE}" if account else place


def account_prefix(account: str) -> str:
    """How all begins that is within an account: "" for the own one, whose names begin as they like."""
    return f"{account}{_BETWEEN}" if account else ""


def parted(text: str) -> tuple[str, str]:
    """Account and place, as `within` has joined them."""
    account, between, place = text.rpartition(_BETWEEN)
    return (account, "" if between and place == NOWHERE else place)


def account_of(text: str) -> str:
    return parted(text)[0]
