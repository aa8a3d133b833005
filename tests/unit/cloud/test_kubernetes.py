"""What is taken from a kubeconfig, and what is refused without repeating it."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from shared.cloud.api import Action
from shared.cloud.kubernetes import KubeConfig, Kubernetes, read_kubeconfig
from shared.cloud.openapi import OpenApi
from shared.errors import CloudRejectedError
from tests.keys import a_leaf


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
        ("https://10.0.0.7:6443/", ("10.0.0.7", 6443)),
        ("https://[2001:db8::1]:6443", ("2001:db8::1", 6443)),
        (
            "https://apiserver.c1.cn-hangzhou.cs.aliyuncs.com:6443",
            ("apiserver.c1.cn-hangzhou.cs.aliyuncs.com", 6443),
        ),
    ],
)
def test_a_server_is_met_at_its_port(server: str, address: tuple[str, int]) -> None:
    assert read_kubeconfig(yaml.safe_dump(a_kubeconfig(server=server))).address == address


@pytest.mark.parametrize(
    "server",
    [
        *("https:", "https://", "https://[::1", "https://10.0.0.7:99999", "http://10.0.0.7", "10.0.0.7:6443"),
        *("https://api.example.com:6443", "https://aliyuncs.com.evil.example", "https://evil-aliyuncs.com"),
        *(
            "https://x@10.0.0.7",
            "https://10.0.0.7/proxy",
            "https://10.0.0.7?x=",
            "https://10.0.0.7\\@evil.example",
        ),
        *("https://127.0.0.1:6443", "https://localhost", "https://[::1]:6443", "https://[::ffff:127.0.0.1]"),
        *("https://[64:ff9b::7f00:1]", "https://[64:ff9b::6464:64c8]", "https://[2002:7f00:1::]"),
        *("https://169.254.169.254", "https://100.100.100.200", "https://0.0.0.0", "https://2130706433"),
    ],
)
def test_a_server_at_no_address_of_a_cluster_is_refused(server: str) -> None:
    text = yaml.safe_dump(a_kubeconfig(server=server))

    with pytest.raises(CloudRejectedError, match="UnusableKubeconfig: ") as refused:
        read_kubeconfig(text)

    assert server not in str(refused.value)


def test_a_cluster_on_this_machine_is_met_only_in_an_emulated_cloud() -> None:
    text = yaml.safe_dump(a_kubeconfig(server="https://127.0.0.1:6443"))

    assert read_kubeconfig(text, emulated=True).address == ("127.0.0.1", 6443)
    with pytest.raises(CloudRejectedError, match="neither an IP address that a cluster may have"):
        read_kubeconfig(text)


@pytest.mark.parametrize(
    "path", ["/api/../x", "/api/./x", "/api//x", "/api/x%2f", "/api/x#", "//x", "api", ""]
)
def test_a_path_that_leads_elsewhere_is_not_asked_for(path: str) -> None:
    client = cast(OpenApi, SimpleNamespace(repeat=lambda *_: pytest.fail("a request is made")))
    pair = a_leaf()
    cluster = Kubernetes(
        client, KubeConfig("https://10.0.0.7", pair.pem, pair.pem, pair.key_pem), "cn-hangzhou"
    )

    with pytest.raises(CloudRejectedError, match="Get: InvalidPath: "):
        cluster.get(Action("Get"), path)


@pytest.mark.long
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
        yaml.safe_dump(a_kubeconfig(server=7)),
        yaml.safe_dump({**a_kubeconfig(), "users": []}),
        yaml.safe_dump({**a_kubeconfig(), "users": [{"name": "me", "user": {"token": "KEY-OF-MINE"}}]}),
        "current-context: mine",
        "[" * 5000,
        "{a: " * 5000,
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
        "a server that is a number",
        "no user",
        "a token instead of a key",
        "nothing else",
        "lists within lists",
        "objects within objects",
    ],
)
def test_any_other_kubeconfig_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(
        CloudRejectedError,
        match=r"UnusableKubeconfig: (it lacks a server, a CA, or a client certificate|its server is no http)",
    ) as refused:
        read_kubeconfig(text)

    assert "KEY-OF-MINE" not in str(refused.value)
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_a_kubeconfig_does_not_print_its_key() -> None:
    assert "KEY-OF-MINE" not in repr(read_kubeconfig(yaml.safe_dump(a_kubeconfig())))
