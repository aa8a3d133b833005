"""Keeps calls to an emulated cloud on this machine, whatever proxies the environment names."""

import os
from typing import Any

from darabonba.core import DEFAULT_POOL_MAXSIZE, DaraCore
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter


class _DirectAdapter(HTTPAdapter):
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)


def bypass_proxies(netloc: str) -> None:
    """Make the SDK use a session without proxies for `netloc` ("127.0.0.1:8000").

    The SDK passes HTTP_PROXY to `requests` for every call, also on loopback, and respects neither
    NO_PROXY nor its own no_proxy option. Changing the environment would affect others too, so our
    session is put into the SDK's table of sessions, for this one address.
    """
    session = Session()
    session.mount("http://", _DirectAdapter(pool_maxsize=DEFAULT_POOL_MAXSIZE))
    DaraCore._sessions[f"http://{netloc}:80:pool={DEFAULT_POOL_MAXSIZE}"] = session


def exempt_from_proxies(hostname: str) -> None:
    """For clients that respect NO_PROXY: add this address to it."""
    for name in ("NO_PROXY", "no_proxy"):
        named = os.environ.get(name, "")
        if hostname not in named.split(","):
            os.environ[name] = f"{named},{hostname}" if named else hostname
