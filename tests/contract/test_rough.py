"""A deployment to every kind of slot, with sparse answers and with random ones: a part of `make rough`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from emulator.answers import Mode
from emulator.cloud import Cloud
from emulator.server import Server
from tests.contract.bench import new_bench
from tests.contract.cases import CASES, Case
from tests.shortened import shortened

WORDINGS: list[tuple[Mode, int]] = [("sparse", 0), ("random", 1), ("random", 2)]


@pytest.fixture
def as_before(server: Server) -> Iterator[Cloud]:
    """The cloud, which words its answers afterwards as it did."""
    answers = server.cloud.answers
    mode, seed = answers.mode, answers.seed
    yield server.cloud
    answers.mode, answers.seed = mode, seed


@pytest.mark.parametrize(
    ("case", "wording"),
    shortened(product(CASES, WORDINGS)),
    ids=lambda one: one.name if isinstance(one, Case) else f"{one[0]}-{one[1]}",
)
def test_a_deployment_is_made_once_and_seen_whatever_answers_leave_out(
    server: Server, as_before: Cloud, case: Case, wording: tuple[Mode, int]
) -> None:
    as_before.answers.mode, as_before.answers.seed = wording
    bench = new_bench(server, case.product, case.estate, case.region)

    successor = bench.deploy(bench.slot(case.slot), "new")

    after = {case.renamed.get(label, label): name for label, name in case.carried.items()}
    assert bench.carried() == {**after, case.renamed.get(case.slot, case.slot): "new"}
    assert bench.adapter.read(successor) is not None
    assert bench.count(case.writes) == 1
