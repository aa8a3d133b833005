"""Many rows written at once, each under a condition of its own, on every driver."""

import pytest

from shared.state.store import Key, Row, Store, Write
from shared.state.tables import WORKERS


@pytest.mark.parametrize("others", [0, 510])
def test_of_many_rows_those_that_are_not_as_expected_stay_and_are_told(store: Store, others: int) -> None:
    taken, moved, gone, changed = (worker(number) for number in range(4))
    first = {key: store.put(WORKERS, key, {"n": 1}, version=0) for key in (taken, moved, gone, changed)}
    second = store.put(WORKERS, moved, {"n": 2}, version=first[moved])
    store.delete(WORKERS, gone, version=first[gone])

    wanted = {taken: 0, moved: first[moved], gone: first[gone], changed: first[changed]}
    wanted |= {worker(4 + number): 0 for number in range(1 + others)}
    refused = store.write_many(WORKERS, (Write(key, {"n": 3}, version) for key, version in wanted.items()))

    assert refused == [taken, moved, gone]
    stored = {row.key: row for row in store.range(WORKERS, (1,))}
    assert stored[taken] == Row(taken, first[taken], {"n": 1})
    assert stored[moved] == Row(moved, second, {"n": 2})
    assert gone not in stored
    written = [stored[key] for key in wanted if key not in refused]
    assert all(row.document == {"n": 3} for row in written)
    assert len({row.version for row in written} | {first[changed]}) == len(written) + 1


def worker(number: int) -> Key:
    return (1, "CDN", 0, number)
