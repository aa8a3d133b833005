"""Keeps calls to an emulated cloud on this machine, whatever the environment says of proxies."""

import ipaddress
import os
from typing import Any

from darabonba.core import DEFAULT_POOL_MAXSIZE, DaraCore
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter


class _DirectAdapter(HTTPAdapter):
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)


def is_loopback(hostname: str | None) -> bool:
    if hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(hostname or "").is_loopback
    except ValueError:
        return False


def bypass_proxies(netloc: str) -> None:
    """Have the SDK use a session without proxies for `netloc` ("127.0.0.1:8000").

    The SDK hands HTTP_PROXY on to `requests` for every call, loopback included, and heeds neither
    NO_PROXY nor its own no_proxy option. Changing the environment would change it for others too;
    the SDK's table of sessions, in which ours is laid beforehand, concerns this one address.
    """
    session = Session()
    session.mount("http://", _DirectAdapter(pool_maxsize=DEFAULT_POOL_MAXSIZE))
    DaraCore._sessions[f"http://{netloc}:80:pool={DEFAULT_POOL_MAXSIZE}"] = session


def exempt_from_proxies(hostname: str) -> None:
    """For clients that heed NO_PROXY: name this address there, in addition to what it says."""
    for name in ("NO_PROXY", "no_proxy"):
        named = os.environ.get(name, "")
        if hostname not in named.split(","):
            os.environ[name] = f"{named},{hostname}" if named else hostname
