"""Addresses in settings: of this machine, or encrypted."""

import pytest

from shared.validation.addresses import edge_problem, emulator_problem, endpoint_problem, is_this_machine


@pytest.mark.parametrize(
    ("hostname", "local"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(hostname: str, local: bool) -> None:
    assert is_this_machine(hostname) is local


HOSTILE = (
    *(
        "nonsense",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "ftp://127.0.0.1",
    ),
    *("http://x@127.0.0.1:80", "http://127.0.0.1:80/?x=", "http://127.0.0.1:80/a", "http://127.0.0.1 :80"),
    *("http://127.0.0.1\\@evil.example", "http://127.0.0.1:80\n", "//127.0.0.1", "http:127.0.0.1"),
)


@pytest.mark.parametrize("url", [*HOSTILE, "http://evil.example", "https://127.0.0.1:80"], ids=ascii)
def test_an_emulated_cloud_is_on_this_machine(url: str) -> None:
    assert emulator_problem(url)


@pytest.mark.parametrize("url", [*HOSTILE, "http://evil.example", "http://10.0.0.1:80"], ids=ascii)
def test_an_endpoint_is_encrypted_or_on_this_machine(url: str) -> None:
    assert endpoint_problem(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000/", "http://[::1]:8000"])
def test_an_emulated_cloud_is_taken_by_its_address(url: str) -> None:
    assert (emulator_problem(url), endpoint_problem(url)) == ("", "")
    assert endpoint_problem("https://acm.example.com:8443") == ""


@pytest.mark.parametrize(
    "address",
    [
        *(
            "nonsense",
            "127.0.0.1",
            ":443",
            "127.0.0.1:",
            "127.0.0.1:99999",
            "127.0.0.1:0",
            "evil.example:443",
        ),
        *("[::1:443", "http://127.0.0.1:443", "127.0.0.1:443/", "127.0.0.1:٤٤٣"),
    ],
)
def test_a_tls_edge_is_on_this_machine(address: str) -> None:
    assert edge_problem(address)


@pytest.mark.parametrize("address", ["127.0.0.1:4433", "localhost:4433", "[::1]:4433"])
def test_a_tls_edge_is_taken_by_its_address(address: str) -> None:
    assert edge_problem(address) == ""
