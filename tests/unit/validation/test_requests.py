"""Requests: every wrong field in one message, under the caller's spelling, no value repeated."""

import pytest
from pydantic import BaseModel, model_validator

from shared.domain.requests import (
    CreateDeploymentJob,
    DiscoverResources,
    ManageDeploymentJobs,
    PreviewDeploymentJob,
    ScanExpiry,
)
from shared.domain.values import Value
from shared.errors import InvalidRequestError
from shared.validation.requests import parse


class Plain(Value):
    """Spelled as in Python, and nowhere else."""

    name: str


def refusal(model, data: object) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidRequestError) as error:
        parse(model, data)
    assert error.value.__cause__ is None  # pydantic's own text repeats the input
    return str(error.value)


def test_a_request_is_read_in_the_cloud_s_spelling() -> None:
    request = parse(CreateDeploymentJob, {"Name": "spring", "CertIds": [7], "Submit": False})
    assert (request.name, request.cert_ids, request.submit) == ("spring", (7,), False)


def test_a_typo_is_told_with_the_nearest_field() -> None:
    message = refusal(CreateDeploymentJob, {"Name": "a", "CertIds": [7], "ResourceId": ["x"]})
    assert message == "ResourceId: unknown field, did you mean ResourceIds?"


def test_an_unknown_field_near_to_none_is_told_with_all() -> None:
    message = refusal(DiscoverResources, {"Zebra": 1})
    assert message == "Zebra: unknown field; known fields: Account, Products, Region, RestHours, Since"


def test_a_missing_field_is_told_by_name() -> None:
    assert refusal(CreateDeploymentJob, {"Name": "a"}) == "CertIds: missing"


def test_all_wrong_fields_are_told_at_once() -> None:
    message = refusal(
        CreateDeploymentJob,
        {
            "Name": "n" * 64,
            "CertIds": [7, 7],
            "ContactIds": list(range(11)),
            "ScheduleTime": "2026-05-01T12:00:00",
            "Digset": "x",
        },
    )
    clauses = message.split("; ")
    assert [clause.split(":")[0] for clause in clauses if ":" in clause] == [
        "CertIds",
        "Name",
        "ContactIds",
        "ScheduleTime",
        "Digset",
    ]
    assert "CertIds: 7 listed twice; name each once" in message


def test_what_is_wrong_with_the_whole_or_deep_within_is_told_by_its_place() -> None:
    class Pair(BaseModel):
        low: int
        high: int

        @model_validator(mode="after")
        def _ordered(self) -> "Pair":
            if self.low > self.high:
                raise ValueError("low is above high")
            return self

    class Pairs(BaseModel):
        pairs: list[Pair]

    assert refusal(Pair, {"low": 2, "high": 1}) == "request: low is above high"
    assert refusal(Pairs, {"pairs": [{"low": 1, "high": 2}, {"low": 1}]}) == "pairs.1.high: missing"
    assert refusal(Pair, {"low": "x", "high": 1}).startswith("low: Input should be a valid integer")


def test_the_known_fields_are_told_in_their_alphabet() -> None:
    message = refusal(PreviewDeploymentJob, {"CertIds": [7], "Zebra": 1})
    assert message == (
        "Zebra: unknown field; known fields: AcceptOutage, Accounts, CertIds, Domains, Engine, Except,"
        " FirstDeployment, Products, Regions, ResourceIds, Tags, Waves"
    )


def test_a_field_is_suggested_as_the_caller_spells_it() -> None:
    assert refusal(ManageDeploymentJobs, {"list": {}}) == "list: unknown field, did you mean List?"
    assert refusal(Plain, {"name": "a", "nam": 1}) == "nam: unknown field, did you mean name?"


def test_a_wrong_product_is_told_with_its_place_and_the_choices() -> None:
    message = refusal(DiscoverResources, {"Products": ["CDN", "CND"]})
    assert message.startswith("Products.1: ")
    assert "'CDN'" in message


def test_values_are_not_repeated() -> None:
    message = refusal(CreateDeploymentJob, {"Name": ["s3cret"], "CertIds": ["s3cret"]})
    assert "s3cret" not in message


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_what_is_no_object_is_refused(data: object) -> None:
    assert refusal(ScanExpiry, data) == f"expected a JSON object, got {type(data).__name__}"
