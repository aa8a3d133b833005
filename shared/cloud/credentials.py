"""The credentials that sign the calls."""

import logging
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shared.errors import SettingsError

_ID, _SECRET, _TOKEN = (
    f"ALIBABA_CLOUD_{name}" for name in ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN")
)
_HELP = f"set {_ID} and {_SECRET} (and {_TOKEN} for a temporary key), or give the function a role"

METADATA_SERVICE: Final = ("100.100.100.200", 80)  #: of an ECS host; the SDK has the same address
_ANSWERS_WITHIN_S: Final = 1.0  #: it is a hop away


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str = field(default="", repr=False)


# The SDK logs each source that has none, with a traceback; ours is one sentence. `disabled` would not hold: a
# `dictConfig` of others sets it anew.
logging.getLogger("credentials").addFilter(lambda record: False)

Provider = Callable[[], Credentials]  #: called before every request, so that keys can be renewed


def fixed(credentials: Credentials) -> Provider:
    return lambda: credentials


def from_context(context: object = None, environ: Mapping[str, str] = os.environ) -> Provider:
    """The function's role, else the environment, else the SDK's default chain.

    Function Compute passes the role's key in the context up to python3.10, and in the environment from
    python3.12 on. The context's key is fresher, so it comes first.
    """
    given: Any = getattr(context, "credentials", None)
    if getattr(given, "access_key_id", None):
        return fixed(Credentials(given.access_key_id, given.access_key_secret, given.security_token or ""))
    return from_environment(environ)


def from_environment(environ: Mapping[str, str] = os.environ) -> Provider:
    """Reads the environment at every call: the SDK's own reader caches the values of its import."""
    chain: Provider | None = None

    def provide() -> Credentials:
        nonlocal chain
        key_id, secret = environ.get(_ID, ""), environ.get(_SECRET, "")
        if key_id and secret:
            return Credentials(key_id, secret, environ.get(_TOKEN, ""))
        if key_id or secret:
            missing = _SECRET if key_id else _ID
            raise SettingsError(f"{missing} is empty while its other half is set; {_HELP}")
        chain = chain or _default_chain()
        return chain()

    return provide


def _answers(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, _ANSWERS_WITHIN_S).close()
    except OSError:
        return False
    return True


def _default_chain() -> Provider:
    """The other sources of the official SDK: OIDC, ~/.aliyun/config.json, the role of an ECS host.

    Imported here because it is rarely needed. Where no metadata service answers, it is not asked: the SDK
    would wait for it, again and again.
    """
    from alibabacloud_credentials.client import Client  # type: ignore[import-untyped]
    from alibabacloud_credentials.utils import auth_util  # type: ignore[import-untyped]

    client: Any = None

    def provide() -> Credentials:
        nonlocal client
        try:
            if client is None:
                disabled = auth_util.environment_ecs_metadata_disabled
                if not _answers(METADATA_SERVICE):
                    auth_util.environment_ecs_metadata_disabled = "true"
                try:
                    client = Client()  # reads that here, and keeps it
                finally:
                    auth_util.environment_ecs_metadata_disabled = disabled
            found = client.get_credential()
        except Exception as error:  # its providers raise various errors: one sentence for all
            reason = type(error).__name__
            client = None  # the service may answer the next time
        else:
            return Credentials(found.access_key_id, found.access_key_secret, found.security_token or "")
        raise SettingsError(f"no credentials found ({reason}); {_HELP}")

    return provide
