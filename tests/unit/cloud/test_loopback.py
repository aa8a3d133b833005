"""Which addresses proxies are kept from."""

import os

import pytest

from shared.cloud.loopback import exempt_from_proxies


@pytest.mark.parametrize("before", ["", "internal.example", "127.0.0.11"])
def test_an_address_is_named_once_beside_what_was_there(before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("NO_PROXY", "no_proxy")
    for name in names:
        monkeypatch.setenv(name, before)
    for _ in range(2):
        exempt_from_proxies("127.0.0.1")
    expected = f"{before},127.0.0.1" if before else "127.0.0.1"
    assert [os.environ[name] for name in names] == [expected] * 2


def test_an_address_is_named_where_nothing_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)
    exempt_from_proxies("127.0.0.1")
    assert (os.environ["NO_PROXY"], os.environ["no_proxy"]) == ("127.0.0.1", "127.0.0.1")
