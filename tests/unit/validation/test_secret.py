"""A private key in memory has one way out."""

import json
import pickle

import pytest

from shared.validation.secret import SecretPem

SECRET = SecretPem("the key itself")


@pytest.mark.parametrize("show", [repr, str, "{}".format, "%s".__mod__, lambda s: f"{[s]!r}"])
def test_a_secret_does_not_print(show) -> None:  # type: ignore[no-untyped-def]
    assert "itself" not in show(SECRET)
    assert "SecretPem(hidden)" in show(SECRET)


@pytest.mark.parametrize("write", [pickle.dumps, json.dumps, hash, vars])
def test_a_secret_is_not_written(write) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TypeError) as error:
        write(SECRET)
    assert "itself" not in str(error.value)


def test_a_secret_is_revealed_when_asked() -> None:
    assert SECRET.reveal() == "the key itself"
    assert repr(SECRET) == "SecretPem(hidden)"


def test_secrets_compare() -> None:
    assert SecretPem("ä") == SecretPem("ä")
    assert SecretPem("a") != SecretPem("b")
    assert SecretPem("a") != "a"
    assert not SecretPem("")
    assert SecretPem("a")
    assert SecretPem("a") == Anything()


class Anything:
    """What decides itself what it equals."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


def test_a_secret_has_no_place_for_a_second_value() -> None:
    with pytest.raises(AttributeError):
        SECRET.copy = "the key itself"  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=r"^a private key is not pickled$"):
        pickle.dumps(SECRET)
