"""Events, rows and answers of wrong and hostile forms, at random with a seed, to every function.

Whatever comes in: no request leaves the table of hosts, no key is read but for a slot of the plan, and what
is refused changes no state. `make test` sends some; `make hostile N=20000 SEED=1` as many as are wanted.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.api import Raw
from emulator.services.ack import cluster_server
from emulator.services.ack.cluster_api import Reply
from shared.errors import AppError
from shared.runtime.reach import reach
from shared.state.documents import document_in
from tests.contract.cases import CERT_ID, IDENTIFIER
from tests.functional.hostile.installation import REGION, Installation, Rows, installed
from tests.hostile import TEXTS, Watch, spoilt, watched

EVENTS = Path(__file__).parents[3] / "events"
ROUNDS = int(os.environ.get("CERTDEPLOY_HOSTILE", "70"))
SEED = os.environ.get("CERTDEPLOY_HOSTILE_SEED", "1")
_FUNCTIONS = sorted(reach())
_KEY = "GetUserCertificateDetail"
_BYTES = (
    b"",
    b"\xff",
    b"null",
    b"[]",
    b'"x"',
    b"{" * 50,
    b"1e999",
    b"{}{}",
    b'{"a":1,"a":2}',
    b"\xef\xbb\xbf{}",
    b"[" * 99_999,
    b'{"Show":{"JobId":' * 400 + b"1" + b"}" * 800,
    b'{"Show":{"JobId":' + b"9" * 5000 + b"}}",
    b'{"Show":{"JobId":9223372036854775808}}',
    b'{"CertIds":[9223372036854775808],"Name":"\\ud800"}',
)
#: In the place of a row's document.
_DOCUMENTS: tuple[str | bytes, ...] = (
    *("", "x", "null", "[]", "7", '"x"', "NaN", "{", "{}", "[" * 99_999, b"\xff", "{}{}"),
    *('{"A":' * 150 + "1" + "}" * 150, '{"A":' * 900 + "1" + "}" * 900, '{"\\ud800":1}'),
)
_VERSIONS = ("x", "", "-1", "1.5")
_INTERNAL = "internal error"
_TOLD = 20  #: violations in full


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("hostile")) as installation:
        yield installation


Round = Callable[[Installation, random.Random, pytest.MonkeyPatch], tuple[str, Any]]


@pytest.mark.parametrize("kind", ["events", "rows", "answers"])
def test_hostile_input_reaches_no_stranger_no_key_and_no_state(
    installation: Installation, kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds = range(ROUNDS * _SHARES[kind] // sum(_SHARES.values()))
    met: Counter[str] = Counter()
    violations: list[str] = []
    for number in rounds:
        chance = random.Random(f"{SEED}/{kind}/{number}")
        with monkeypatch.context() as patched, watched(patched) as watch:
            function, payload = _KINDS[kind](installation, chance, patched)
            before = installation.now()
            how = _called(installation, function, payload)
            met[how] += 1
            wrong = _wrong(installation, watch, function, how, before)
        if wrong:
            shown = f"seed {SEED}, {kind} {number}: {function} {str(payload)[:500]}: {how}: {wrong}"
            traces = "\n".join(record.exc_text or "" for record in caplog.records)
            violations.append(f"{shown}\n{traces[-1500:]}")
        installation.put_back()
        caplog.clear()
    print(f"{len(rounds)} {kind}: {dict(met)}, {len(violations)} violations")
    assert not violations, "\n\n".join(violations[:_TOLD])
    assert met["done"], "some get through"
    assert met["refused"] or kind != "events", "some do not"


def _called(installation: Installation, function: str, payload: Any) -> str:
    """How it ended."""
    try:
        answer = installation.platform.call(function, payload)
    except AppError as error:
        return _INTERNAL if _INTERNAL in str(error) else "failed"
    except Exception as error:
        return f"{_INTERNAL}, untold: {type(error).__name__}"
    if _INTERNAL in json.dumps(answer):
        return _INTERNAL
    return "refused" if isinstance(answer, dict) and "Code" in answer else "done"


def _wrong(installation: Installation, watch: Watch, function: str, how: str, before: Any) -> str:
    if how.startswith(_INTERNAL):
        return "nobody has thought of it"
    if strangers := watch.outside():
        return f"requests to {sorted(strangers)}"
    keys = [call for call in installation.platform.cloud.calls if call.action == _KEY]
    if keys and not (function.startswith("deploy_") and _in_plan(installation, function)):
        return f"{len(keys)} keys were read"
    now = installation.now()
    if how == "refused" and now != before:
        return "state was changed"
    if _internal_errors(now) > _internal_errors(before):
        return "a row tells of an internal error"
    return ""


def _internal_errors(rows: Rows) -> int:
    documents = (row[-1] for found in rows.values() for row in found if isinstance(row[-1], str))
    return sum(_INTERNAL in document for document in documents)


def _in_plan(installation: Installation, function: str) -> bool:
    """Whether a worker of the product is as it was planned; others may have written the rest."""
    planned = {_place(json.loads(row[-1])) for row in installation.rows["workers"]}
    rows = [document_in(row[-1]) for row in installation.now()["workers"]]
    return any(
        function == f"deploy_{_product(row)}".lower() and _place(row) in planned
        for row in rows
        if isinstance(row, dict)
    )


def _product(row: dict[str, Any]) -> str:
    resource = row.get("Resource")
    return str(resource.get("Product")) if isinstance(resource, dict) else ""


def _place(row: dict[str, Any]) -> str:
    resource = row.get("Resource")
    if not isinstance(resource, dict):
        return ""
    names = ("Product", "Region", "ResourceId", "Location", "InstanceId", "ListenerId", "Kind")
    return repr([resource.get(name) for name in names])


def _an_event(installation: Installation, chance: random.Random, _: pytest.MonkeyPatch) -> tuple[str, Any]:
    """One of the samples, with ids that there are or not, spoilt."""
    sample = chance.choice(_SAMPLES)
    function = sample.name.partition(".")[0] if chance.random() < 0.9 else chance.choice(_FUNCTIONS)
    if chance.random() < 0.04:
        return function, chance.choice(_BYTES)
    event = _with_ids(json.loads(sample.read_text()), installation) if chance.random() < 0.7 else None
    event = spoilt(event or json.loads(sample.read_text()), chance)
    if isinstance(event, dict) and "specversion" not in event and chance.random() < 0.2:
        event = {"triggerTime": "x", "triggerName": "t", "payload": chance.choice((event, json.dumps(event)))}
    return function, json.dumps(event).encode()


def _with_ids(event: Any, installation: Installation) -> Any:
    """The ids of the installation in the place of the sample's."""
    if isinstance(event, dict):
        return {
            name: {
                "JobId": installation.job_id,
                "CertIds": [CERT_ID["new"]],
                "CertIdentifier": IDENTIFIER["new"],
                "ResourceIds": [],
            }.get(name, _with_ids(value, installation))
            for name, value in event.items()
        }
    return [_with_ids(one, installation) for one in event] if isinstance(event, list) else event


_SAMPLES = sorted(EVENTS.glob("*.json"))


def _a_row(installation: Installation, chance: random.Random, _: pytest.MonkeyPatch) -> tuple[str, Any]:
    """A row is spoilt; then a function goes to work that may read it."""
    table = chance.choice(
        [name for name, rows in installation.rows.items() if rows and name != "sqlite_sequence"]
    )
    table = chance.choice((table, "workers", "resources"))
    place = chance.randrange(len(installation.rows[table]))
    row = json.loads(installation.rows[table][place][-1])
    document = chance.choice(_DOCUMENTS) if chance.random() < 0.1 else json.dumps(spoilt(row, chance))
    installation.forge(table, place, document, chance.choice(_VERSIONS) if chance.random() < 0.05 else None)
    product = _product(row) or chance.choice(_products(installation))
    if table == "workers":
        _alone(installation, row)
    return _work(installation, product, chance, deploys=0.7 if table == "workers" else 0.15)


def _alone(installation: Installation, row: dict[str, Any]) -> None:
    """The job has no other worker of the product, so that a key could be read for this one alone."""
    world = installation.platform.world
    for worker in list(world.workers.list(installation.job_id)):
        if worker.resource.product.value == _product(row) and worker.worker_id != row["WorkerId"]:
            world.workers.delete(worker)


def _work(
    installation: Installation, product: str, chance: random.Random, *, deploys: float
) -> tuple[str, Any]:
    if chance.random() < deploys:
        sample = EVENTS / f"deploy_{product.lower()}.worker-scheduled.json"
        return f"deploy_{product.lower()}", _with_ids(json.loads(sample.read_text()), installation)
    reads = "discover_clusters" if product == "ACK" else "discover_resources"
    return chance.choice(
        (
            (reads, {"Products": [product], "Region": _region_of(installation, product)}),
            ("discover_resources", {"Products": [product]}),
            ("scan_expiry", {}),
            ("run_deployment_jobs", {}),
            ("manage_deployment_jobs", {"Preview": {"CertIds": [CERT_ID["new"]]}}),
            ("manage_deployment_jobs", {"Show": {"JobId": installation.job_id}}),
            ("create_deployment_job", {"CertIds": [CERT_ID["new"]], "Name": "again"}),
        )
    )


def _region_of(installation: Installation, product: str) -> str:
    regions = {row[0]: row[1] for row in installation.rows["resources"]}
    return REGION if regions.get(product) == REGION else ""


def _an_answer(
    installation: Installation, chance: random.Random, patched: pytest.MonkeyPatch
) -> tuple[str, Any]:
    """The cloud answers something else, now and then."""
    cloud = installation.platform.cloud
    execute = cloud.execute

    def executed(service: Any, call: Any) -> Any:
        answer = execute(service, call)
        if chance.random() > 0.3:
            return answer
        if isinstance(answer, Raw):
            return replace(answer, body=_spoilt_bytes(answer.body, chance))
        return spoilt(json.loads(json.dumps(answer)), chance)

    def of_a_cluster(*asked: Any) -> Any:
        reply = in_clusters(*asked)
        if chance.random() > 0.3 or not isinstance(reply, Reply):
            return reply
        return Reply(reply.status, spoilt(json.loads(json.dumps(reply.body)), chance))

    in_clusters = cluster_server.answer
    patched.setattr(cloud, "execute", executed)
    patched.setattr(cluster_server, "answer", of_a_cluster)
    return _work(installation, chance.choice(_products(installation)), chance, deploys=0.3)


def _products(installation: Installation) -> list[str]:
    return sorted({row[0] for row in installation.rows["resources"]})


def _spoilt_bytes(body: bytes, chance: random.Random) -> bytes:
    """Of XML, or of what is no text at all."""
    try:
        return json.dumps(spoilt(json.loads(body), chance)).encode()
    except ValueError:
        values = [text for text in (REGION.encode(), b"bucket-one", b"aliyuncs.com") if text in body]
        text = chance.choice(TEXTS).encode(errors="replace")
        return body.replace(chance.choice(values), text) if values else text


_KINDS: dict[str, Round] = {"events": _an_event, "rows": _a_row, "answers": _an_answer}
_SHARES = {"events": 4, "rows": 2, "answers": 1}
