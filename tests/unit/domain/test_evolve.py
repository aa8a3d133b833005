"""A value is changed by copying it. mypy reads this file too: an ignored error that is none is reported."""

import pytest

from shared.domain.states import JobStatus
from shared.domain.values import Value, Versioned
from tests.builders import a_job, a_resource


class Point(Value):
    x: int
    y: int = 0


class Stored(Versioned):
    point: Point


def test_a_copy_has_what_was_changed_and_keeps_the_rest() -> None:
    before = Point(x=1, y=2)

    after = before.evolve(y=3)

    assert (after, before) == (Point(x=1, y=3), Point(x=1, y=2))
    assert Stored(point=before).evolve(version=4, point=after).version == 4


def test_a_name_that_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="Point has no field 'z'"):
        Point(x=1).evolve(z=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Stored has no field 'Version'"):
        Stored(point=Point(x=1)).evolve(Version=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="CloudResource has no field 'slot'"):
        a_resource().evolve(slot="a property")  # type: ignore[call-arg]


def test_a_step_to_the_next_status_is_held_to_the_fields_as_well() -> None:
    job = a_job()

    assert job.to(JobStatus.PENDING, success_count=1).success_count == 1
    with pytest.raises(TypeError, match="DeploymentJob has no field 'succes_count'"):
        job.to(JobStatus.PENDING, succes_count=1)  # type: ignore[call-arg]


def test_types_are_for_mypy_alone() -> None:
    assert Point(x=1).evolve(x="2").x == "2"  # type: ignore[arg-type,comparison-overlap]
