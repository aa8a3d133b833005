"""Settings before and after a write, compared and told; and the certificate that goes back."""

from __future__ import annotations

import pytest

from shared.errors import CloudRejectedError
from shared.products.kit.unchanged import changed, differences, in_cas
from tests.builders import a_certificate


@pytest.mark.parametrize(("length", "shown"), [(58, f"'{'x' * 58}'"), (59, f"'{'x' * 59}…")])
def test_a_long_value_is_told_by_its_beginning(length: int, shown: str) -> None:
    """60 characters, the quotes among them."""
    assert differences({}, {"A": "x" * length}) == [f"A: None → {shown}"]


def test_a_certificate_that_cas_does_not_have_cannot_be_put_back() -> None:
    with pytest.raises(CloudRejectedError) as told:
        in_cas(None, "Write")

    assert str(told.value) == (
        "Write: NotFound: CAS does not have the certificate before, so the new one stays (RequestId -)"
    )
    assert in_cas(a_certificate(7), "Write") == a_certificate(7)


def test_only_the_settings_of_the_top_level_that_are_named_are_ignored() -> None:
    before, after = {"A": 1, "B": {"A": 1, "C": 1}, "C": 1}, {"A": 2, "B": {"A": 2, "C": 1}, "C": 2}

    assert changed(before, after, ignore=("A", "C")) == {"B.A": (1, 2)}


def test_nothing_and_an_empty_list_are_the_same_setting() -> None:
    assert changed({"A": None, "B": [], "C": False}, {"A": "", "B": {}, "C": None}) == {"C": (False, None)}
