"""An installation on an account with slots of most products; state and account are put back each time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator.estate import parse_estate
from shared.domain.resources import CloudProduct
from shared.products import default_products
from tests.contract.cases import CASES, CERT_ID
from tests.functional.pipeline import states
from tests.functional.pipeline.platform import Platform, new_platform

REGION = "cn-hangzhou"
_READING = ("Describe", "List", "Get", "Query")
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Installation:
    """Everything was discovered, and a person's job for all that matches waits to be carried out."""

    platform: Platform
    state: Path
    job_id: int
    before: states.Kept = field(init=False)
    rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.before, self.rows = states.kept(self.state), self.now()

    def now(self) -> Rows:
        """All rows of the state."""
        with closing(sqlite3.connect(self.state)) as state:
            state.text_factory = lambda text: text.decode(errors="backslashreplace")
            named = state.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            return {name: list(state.execute(f"SELECT * FROM {name}")) for (name,) in list(named)}

    def put_back(self) -> None:
        """State and account are as they were."""
        if self.now() != self.rows:
            states.fill(self.state, self.before)
        calls = self.platform.cloud.calls
        if not all(call.action.startswith(_READING) for call in calls):
            self.platform.cloud.reset()
        calls.clear()
        self.platform.queue.clear()
        self.platform.clock.set_back()

    def forge(self, table: str, place: int, document: str | bytes, version: str | None = None) -> None:
        """Another has written one of the rows: the document is something else, and maybe its version.

        Bytes are stored as a text that is none.
        """
        *key, _, before = self.rows[table][place]
        with closing(sqlite3.connect(self.state)) as state, state:
            names = [name for _, name, *_ in state.execute(f"PRAGMA table_info({table})")][: len(key)]
            how = "CAST(? AS TEXT)" if isinstance(document, bytes) else "?"
            where = " AND ".join(f"{name} = ?" for name in names)
            done = state.execute(f"UPDATE {table} SET document = {how} WHERE {where}", (document, *key))
            if version is not None:
                state.execute(f"UPDATE {table} SET version = ? WHERE {where}", (version, *key))
            assert (done.rowcount, json.loads(before) is not None) == (1, True)


def _account() -> dict[str, Any]:
    """Those of the contract suite's first case of each product, in one."""
    account: dict[str, Any] = {}
    met: set[CloudProduct] = set()
    for case in CASES:
        if case.product in met:
            continue
        met.add(case.product)
        for section, rows in case.estate.items():
            if isinstance(rows, list):
                there = account.setdefault(section, [])
                names = [row.get("name") for row in there if isinstance(row, dict)]
                there += [
                    row
                    for row in rows
                    if not isinstance(row, dict) or row.get("name") not in names or None in names
                ]
            else:
                account[section] = rows
    return {**account, "regions": [REGION, "cn-beijing", "cn-shanghai", "cn-chengdu"]}


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    products = tuple(product for product in default_products() if product is not CloudProduct.AWS)
    with new_platform(parse_estate(_account()), folder, products=products, regions=(REGION,)) as platform:
        platform.tick("scan_expiry", "discover_resources")
        request = {"CertIds": [CERT_ID["new"]], "Name": "by hand"}
        (job,) = platform.call("create_deployment_job", request)["Jobs"]
        platform.drain(until="deploy_")
        platform.queue.clear()
        yield Installation(platform, folder / "state.db", job["JobId"])
