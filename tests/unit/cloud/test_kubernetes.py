"""What is taken from a kubeconfig, and what is refused without repeating it."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import yaml

from shared.cloud.kubernetes import KubeConfig, read_kubeconfig
from shared.errors import CloudRejectedError


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def a_kubeconfig(*, server: str = "https://192.0.2.1:6443", **user: str) -> dict[str, Any]:
    own = {"client-certificate-data": encoded("CERT"), "client-key-data": encoded("KEY-OF-MINE"), **user}
    cluster = {"server": server, "certificate-authority-data": encoded("CA")}
    other = {"name": "other", "cluster": {"server": "https://198.51.100.1"}}
    return {
        "clusters": [other, {"name": "kubernetes", "cluster": cluster}],
        "contexts": [
            {"name": "yours", "context": {}},
            {"name": "mine", "context": {"cluster": "kubernetes", "user": "me"}},
        ],
        "current-context": "mine",
        "users": [{"name": "you", "user": {}}, {"name": "me", "user": own}],
    }


def test_the_current_context_decides() -> None:
    config = read_kubeconfig(yaml.safe_dump(a_kubeconfig()))

    assert config == KubeConfig("https://192.0.2.1:6443", "CA", "CERT", "KEY-OF-MINE")
    assert config.address == ("192.0.2.1", 6443)


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("https://192.0.2.1", ("192.0.2.1", 443)),
        ("https://api.example.com:6443/", ("api.example.com", 6443)),
        ("https:", ("", 443)),
    ],
)
def test_a_server_is_met_at_its_port(server: str, address: tuple[str, int]) -> None:
    assert read_kubeconfig(yaml.safe_dump(a_kubeconfig(server=server))).address == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "client-key-data: KEY-OF-MINE: x",
        yaml.safe_dump(a_kubeconfig(server="http://192.0.2.1")),
        yaml.safe_dump({**a_kubeconfig(), "current-context": "KEY-OF-MINE"}),
        yaml.safe_dump(a_kubeconfig(**{"client-key-data": "KEY-OF-MINE!"})),
        yaml.safe_dump(a_kubeconfig(**{"client-key-data": encoded("KEY-OF-MINE") + "!"})),
        yaml.safe_dump(a_kubeconfig(**{"client-key-data": base64.b64encode(b"KEY-OF-MINE\xff").decode()})),
        yaml.safe_dump({**a_kubeconfig(), "users": []}),
        yaml.safe_dump({**a_kubeconfig(), "users": [{"name": "me", "user": {"token": "KEY-OF-MINE"}}]}),
        "current-context: mine",
    ],
    ids=[
        "empty",
        "not YAML",
        "a broken line",
        "plain http",
        "no such context",
        "not base64",
        "more than base64",
        "not text",
        "no user",
        "a token instead of a key",
        "nothing else",
    ],
)
def test_any_other_kubeconfig_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(
        CloudRejectedError,
        match="UnusableKubeconfig: it lacks an https server, a CA, or a client certificate with key ",
    ) as refused:
        read_kubeconfig(text)

    assert "KEY-OF-MINE" not in str(refused.value)
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_a_kubeconfig_does_not_print_its_key() -> None:
    assert "KEY-OF-MINE" not in repr(read_kubeconfig(yaml.safe_dump(a_kubeconfig())))
