"""What `certdeploy doctor --json` found, by what it is about."""

from __future__ import annotations

from typing import Any

from tests.functional.cli.conftest import Ran

Finding = dict[str, Any]


def about(ran: Ran, what: str) -> Finding:
    """The one finding about it."""
    (found,) = [one for one in ran.json["Findings"] if one["About"] == what]
    assert isinstance(found, dict)
    return found


def marks(ran: Ran) -> dict[str, str]:
    return {one["About"]: one["Mark"] for one in ran.json["Findings"]}
