"""Whose key signs."""

import json
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
from alibabacloud_credentials.utils import auth_util  # type: ignore[import-untyped]

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


def test_a_lasting_key_in_the_context_has_no_token() -> None:
    role = SimpleNamespace(access_key_id="a", access_key_secret="b", security_token=None)
    assert from_context(SimpleNamespace(credentials=role), ENVIRON)() == Credentials("a", "b", "")


@pytest.mark.parametrize(
    "context",
    [
        None,
        SimpleNamespace(),
        SimpleNamespace(credentials=None),
        SimpleNamespace(credentials=SimpleNamespace()),
        SimpleNamespace(credentials=SimpleNamespace(access_key_id="")),
    ],
)
def test_without_one_the_environment_is_asked(context: object) -> None:
    found = from_context(context, ENVIRON)()
    assert found == Credentials("id-of-env", "secret-of-env", "token-of-env")


def test_a_key_that_is_renewed_in_the_environment_is_used() -> None:
    environ = dict(ENVIRON)
    provider = from_environment(environ)
    provider()
    environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "renewed"
    assert provider().access_key_id == "renewed"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_ACCESS_KEY_ID"),
    ],
)
def test_half_a_key_is_told_with_what_to_set(given: str, missing: str) -> None:
    with pytest.raises(SettingsError, match=f"^{missing} is empty .* set ALIBABA_CLOUD_ACCESS_KEY_ID and "):
        from_environment({given: "x", missing: ""})()


def test_a_lasting_key_of_the_environment_has_no_token() -> None:
    environ = {name: text for name, text in ENVIRON.items() if not name.endswith("TOKEN")}
    assert from_environment(environ)() == Credentials("id-of-env", "secret-of-env", "")


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home whose .aliyun/config.json is all that the SDK's own chain may find.

    The SDK reads the environment when it is imported: what it read then is set here.
    """
    monkeypatch.setattr("alibabacloud_credentials.utils.auth_constant.HOME", str(tmp_path))
    sdk = "alibabacloud_credentials.utils.auth_util"
    monkeypatch.setattr(f"{sdk}.environment_ecs_metadata_disabled", "true")
    for name in ENVIRON:
        monkeypatch.delenv(name, raising=False)
        short = name.removeprefix("ALIBABA_CLOUD_").lower()
        monkeypatch.setattr(f"{sdk}.environment_{short}", None)
    return tmp_path


def test_no_key_at_all_is_told_with_what_to_set(chain: Path) -> None:
    with pytest.raises(SettingsError, match=r"^no credentials found \(\w+\); set ALIBABA") as caught:
        from_environment({})()
    assert caught.value.__context__ is None


@pytest.mark.parametrize("there", [True, False])
def test_the_metadata_service_is_asked_only_where_it_answers(
    chain: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """Where there is none the SDK would wait for it, again and again: for twenty seconds."""
    sdk = "alibabacloud_credentials.utils.auth_util.environment_ecs_metadata_disabled"
    monkeypatch.setattr(sdk, "false")
    asked: list[str] = []
    role = "alibabacloud_credentials.provider.ecs_ram_role.EcsRamRoleCredentialsProvider.get_credentials"
    monkeypatch.setattr(role, lambda self: asked.append("the role of the host"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr("shared.cloud.credentials.METADATA_SERVICE", server.getsockname())
        if not there:
            server.close()
        with pytest.raises(SettingsError, match="no credentials found"):
            from_environment({})()

    assert asked == (["the role of the host"] if there else [])
    assert auth_util.environment_ecs_metadata_disabled == "false", "of others of this process"


@pytest.mark.parametrize("token", ["", "token-of-file"])
def test_the_sdks_own_chain_is_asked_last_and_each_time_anew(chain: Path, token: str) -> None:
    def write(key_id: str) -> None:
        row = {"name": "default", "mode": "StsToken" if token else "AK", "access_key_id": key_id}
        row |= {"access_key_secret": "secret-of-file", "sts_token": token}
        (chain / ".aliyun").mkdir(exist_ok=True)
        told = {"current": "default", "profiles": [row]}
        (chain / ".aliyun" / "config.json").write_text(json.dumps(told))

    write("id-of-file")
    environ: dict[str, str] = {}
    provider = from_environment(environ)
    assert provider() == provider() == Credentials("id-of-file", "secret-of-file", token)

    environ.update(ENVIRON)
    assert provider().access_key_id == "id-of-env"


def test_a_key_does_not_print() -> None:
    shown = repr(Credentials("LTAIx", "the-secret", "the-token"))
    assert "LTAIx" in shown
    assert "the-secret" not in shown
    assert "the-token" not in shown
