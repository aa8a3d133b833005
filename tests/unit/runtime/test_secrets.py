"""Secrets that settings name: the forms, and files."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.errors import SettingsError
from shared.runtime.secrets import Secrets
from shared.runtime.settings import read_settings
from shared.validation.secret_names import SecretName, named
from tests.builders import NOW


def in_file(path: Path) -> str:
    def kms(name: str, region: str) -> SecretStr:
        raise AssertionError("it is in no KMS")

    return Secrets().value(SecretStr(f"file:{path}"), kms, "cn-hangzhou", NOW).get_secret_value()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kms:certdeploy/webhook", SecretName(kms="certdeploy/webhook")),
        ("kms.cn-shanghai:a@b", SecretName(kms="a@b", region="cn-shanghai")),
        ("file:/run/secrets/webhook", SecretName(file="/run/secrets/webhook")),
        ("kms", None),
        ("a kms:b", None),
        ("", None),
    ],
)
def test_a_name_is_told_from_a_secret_itself(text: str, name: SecretName | None) -> None:
    assert named(text) == name


def test_a_file_is_read_without_the_end_of_its_line(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" one that begins with a space\r\n")

    assert in_file(tmp_path / "secret") == " one that begins with a space"


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), (b"\n", "the file is empty"), (b"\xff\xfe", "no text in UTF-8")],
)
def test_a_file_that_has_none_is_told_by_its_path(tmp_path: Path, content: bytes | None, why: str) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError, match=why) as refused:
        in_file(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("text", ["kms:", "kms:a b", "kms.cn_x:a", "kms:" + "x" * 65, "file:"])
def test_a_name_of_another_form_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SettingsError, match="CERTDEPLOY_WEBHOOK_SECRET: a secret ") as refused:
        read_settings({"CERTDEPLOY_WEBHOOK_SECRET": text})
    assert text not in str(refused.value) or text in ("kms:", "file:")


@pytest.mark.parametrize("text", ["AKIA-itself", "kms:", "file:"])
def test_the_key_of_aws_is_named_and_never_in_the_setting(text: str) -> None:
    with pytest.raises(SettingsError, match="CERTDEPLOY_AWS_KEY: "):
        read_settings({"CERTDEPLOY_AWS": "on", "CERTDEPLOY_AWS_KEY": text})
