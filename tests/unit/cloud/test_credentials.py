"""Whose key signs."""

from types import SimpleNamespace

import pytest

from shared.cloud.credentials import Credentials, from_context, from_environment
from shared.errors import SettingsError

ENVIRON = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "id-of-env",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret-of-env",
    "ALIBABA_CLOUD_SECURITY_TOKEN": "token-of-env",
}


def test_the_key_in_the_context_goes_first() -> None:
    role = SimpleNamespace(access_key_id="a", access_key_secret="b", security_token="c")
    found = from_context(SimpleNamespace(credentials=role), ENVIRON)()
    assert found == Credentials("a", "b", "c")


@pytest.mark.parametrize("context", [None, SimpleNamespace(), SimpleNamespace(credentials=None)])
def test_without_one_the_environment_is_asked(context: object) -> None:
    found = from_context(context, ENVIRON)()
    assert found == Credentials("id-of-env", "secret-of-env", "token-of-env")


def test_a_key_that_is_renewed_in_the_environment_is_used() -> None:
    environ = dict(ENVIRON)
    provider = from_environment(environ)
    provider()
    environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "renewed"
    assert provider().access_key_id == "renewed"


def test_half_a_key_is_told_with_what_to_set() -> None:
    with pytest.raises(SettingsError, match="ALIBABA_CLOUD_ACCESS_KEY_SECRET is empty"):
        from_environment({"ALIBABA_CLOUD_ACCESS_KEY_ID": "x"})()


def test_no_key_at_all_is_told_with_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SettingsError, match="set ALIBABA_CLOUD_ACCESS_KEY_ID") as caught:
        from_environment({})()
    assert caught.value.__context__ is None


def test_a_key_does_not_print() -> None:
    shown = repr(Credentials("LTAIx", "the-secret", "the-token"))
    assert "LTAIx" in shown
    assert "the-secret" not in shown
    assert "the-token" not in shown
