"""The checker of templates finds what it is for: a template with mistakes fails, each by name."""

from copy import deepcopy
from typing import Any

import pytest

from tests.contract.rosfile import DOCUMENT, RosFile


def doctored(path: list[str], value: Any) -> list[str]:
    document = deepcopy(DOCUMENT)
    place = document["Resources"]
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return RosFile(document).problems()


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (["ScanExpiry", "Properties", "TimeOut"], 5, "ScanExpiry: unknown property TimeOut"),
        (["ScanExpiry", "Properties", "Runtime"], None, "ScanExpiry: Runtime is missing"),
        (["ScanExpiry", "Properties", "Timeout"], 90000, "90000 is not within [1, 86400]"),
        (["ScanExpiry", "Properties", "Timeout"], "soon", "'soon' is no number"),
        (["ScanExpiry", "Type"], "ALIYUN::FC3::Functoin", "ALIYUN::FC3::Functoin is not in the table"),
        (["ScanExpiry", "Properties", "Role"], {"Ref": "Nobody"}, "Ref names Nobody"),
        (["ScanExpiry", "Properties", "Role"], {"Fn::GetAtt": ["Ots", "Arn"]}, "no attribute Arn"),
        (["ScansTable", "DependsOn"], "Otss", "DependsOn names Otss"),
        (
            ["ScansTable", "Properties", "PrimaryKey"],
            [{"Name": "store", "Type": "TEXT"}],
            "'TEXT' is not one of",
        ),
        (["Ots", "Properties", "InstanceName"], "x", "'x' does not fit"),
        (
            ["ScanExpiryRole", "Properties", "RoleName"],
            {"Fn::Sub": "${Prefixx}-a"},
            "Fn::Sub names Prefixx",
        ),
        (
            ["ScanExpiryRole", "Properties", "Description"],
            {"Fn::If": ["Never", "a", "b"]},
            "Fn::If names Never",
        ),
    ],
)
def test_a_mistake_is_found(path: list[str], value: Any, problem: str) -> None:
    assert any(problem in found for found in doctored(path, value)), doctored(path, value)
