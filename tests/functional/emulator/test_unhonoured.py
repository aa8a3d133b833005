"""Parameters that an action has and the emulator does not honour: overlooked by name, or refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from darabonba.exceptions import DaraException

import emulator
from emulator.cloud import Cloud
from emulator.declared import declarations
from emulator.server import Server, running
from emulator.unhonoured import OVERLOOKED, OVERLOOKED_OF, REFUSED, REFUSED_OF
from tests.functional.emulator.clients import call

ALB = "2020-06-16"
FOLDER = Path(emulator.__file__).parent


def test_a_parameter_that_no_code_names_is_overlooked_with_a_reason_or_refused() -> None:
    code = "\n".join(p.read_text() for p in FOLDER.glob("**/*.py") if p.name != "unhonoured.py")
    words = set(re.findall(r"[\w-]+", code))
    actions = [action for one in declarations().values() for action in one.actions.values()]
    names = {param.name for action in actions for param in action.params}

    of = {name for table in (*OVERLOOKED_OF.values(), *REFUSED_OF.values()) for name in table}
    assert names - words <= OVERLOOKED.keys() | REFUSED.keys() | of <= names
    assert not OVERLOOKED.keys() & REFUSED.keys()


def test_one_that_would_make_the_answer_another_one_is_refused_with_what_it_does(server: Server) -> None:
    with pytest.raises(DaraException) as refused:
        call(server, "ListLoadBalancers", ALB, {"VpcIds": ["vpc-1"]}, host="alb.cn-hangzhou.aliyuncs.com")

    assert refused.value.code == "NotEmulated"
    told = "VpcIds of ListLoadBalancers is not emulated: it filters the rows. --loose overlooks it."
    assert told in refused.value.message


def test_a_loose_emulator_overlooks_it() -> None:
    with running(Cloud(loose=True)) as server:
        answer = call(
            server, "ListLoadBalancers", ALB, {"VpcIds": ["vpc-1"]}, host="alb.cn-hangzhou.aliyuncs.com"
        )

    assert answer["LoadBalancers"] == []


def test_one_that_changes_nothing_is_overlooked(server: Server) -> None:
    answer = call(server, "DescribeRegions", ALB, {"AcceptLanguage": "en-US"})

    assert "Regions" in answer


def test_an_empty_one_says_nothing(server: Server) -> None:
    """The vendor's own SDK of ESA sends it where nobody gave one."""
    assert "Sites" in call(server, "ListSites", "2024-09-10", {"TagFilter": "[]"}, method="GET")
