"""tools/declare.py reads the vendor's API metadata as its repository has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools import declare

HOSTS = {"cn-hangzhou": "alb.cn-hangzhou.aliyuncs.com"}
PUBLISHED = {"products": [
    {"code": "Alb", "version": "2020-06-16", "api_style": "rpc", "regional_endpoints": HOSTS, "apis": []},
    {"code": "FC-Open", "version": "2021-04-06", "api_style": "restful", "regional_endpoints": {}},
]}  # fmt: skip
#: The same, cut down to what is read.
KNOWN = {
    "alb": {"version": "2020-06-16", "style": "rpc", "regional_endpoints": HOSTS},
    "fc-open": {"version": "2021-04-06", "style": "restful", "regional_endpoints": {}},
}


@pytest.mark.parametrize(("file", "content"), [("products.json", PUBLISHED), ("endpoints.json", KNOWN)])
def test_endpoints_are_found_by_the_folder_of_the_service(
    tmp_path: Path, file: str, content: dict[str, Any]
) -> None:
    (tmp_path / file).write_text(json.dumps(content))

    found = declare.endpoints(tmp_path)

    assert {name: {key: row[key] for key in KNOWN["alb"]} for name, row in found.items()} == KNOWN


def test_an_action_is_declared_from_the_published_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = {"method": "PUT", "pathPattern": "/functions/[functionName]", "parameters": [
        {"name": "functionName", "position": "Path", "type": "String", "required": True},
    ]}  # fmt: skip
    (tmp_path / "products.json").write_text(json.dumps(PUBLISHED))
    (tmp_path / "fc-open").mkdir()
    (tmp_path / "fc-open" / "UpdateFunction.json").write_text(json.dumps(described))
    monkeypatch.setattr(declare, "TARGET", tmp_path / "declarations")

    written = json.loads(declare.declare(tmp_path, "fc-open", ["UpdateFunction"]).read_text())

    assert (written["version"], written["style"]) == ("2021-04-06", "ROA")
    action = written["actions"]["UpdateFunction"]
    assert (action["method"], action["path"]) == ("PUT", "/functions/{functionName}")
    assert [param["place"] for param in action["params"] if param["name"] == "functionName"] == ["path"]
