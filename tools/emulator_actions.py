"""Writes docs/emulator/actions.md: which actions are emulated, each with its certainty.

python -m tools.emulator_actions
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from emulator import actions
from emulator.actions import Row
from emulator.cloud import Cloud

TARGET = Path(__file__).parents[1] / "docs" / "emulator" / "actions.md"
_HEAD = """\
# What is emulated

Written by `python -m tools.emulator_actions`; `certdeploy emulator actions` prints the same.

* Plain: **documented**. The request is taken as the vendor's API metadata describes it.
* *Slanted*: **seen in a client**. The metadata has no such action; the last column says whose form it is.
* With a `?`: **guessed in part**. The action's code marks something as a guess, mostly the code of a refusal.

Nobody who wrote this has compared an action with the real cloud. What is not listed is refused as the real
gateway refuses what it does not know (`InvalidAction.NotFound`), and told by
`certdeploy emulator calls --refused`. Parameters that an action has and the emulator does not honour are
refused with `NotEmulated`, or overlooked where the answer is the same without them: `emulator/unhonoured.py`
lists both.

| product (as faults name it) | version | actions | known from |
|---|---|---|---|
"""
_TAIL = """
AWS is answered by moto, where it is installed (the extra `aws`): ACM, ELBv2, CloudFront, EC2 and STS.
"""


def page() -> str:
    """The whole document."""
    rows = [row for row in actions.rows(Cloud().services) if row.api != "aws"]
    lines = []
    for (api, version), group in groupby(rows, lambda row: (row.api, row.version)):
        own = list(group)
        sources = "; ".join(dict.fromkeys(row.source for row in own))
        lines.append(f"| `{api}` | {version} | {', '.join(map(_told, own))} | {sources} |")
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def _told(row: Row) -> str:
    guessed = "?" if row.certainty == "guessed in part" else ""
    seen = row.source != actions.METADATA
    return f"*{row.action}*{guessed}" if seen else f"{row.action}{guessed}"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
