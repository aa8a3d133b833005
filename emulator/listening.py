"""A cloud with its ports and files: HTTP, HTTPS and the TLS edge, the CA, the access log, the ready file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from emulator.access_log import AccessLog
from emulator.admin_gate import Gate
from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.edge import Edge
from emulator.front_authority import FrontAuthority
from emulator.ports import LOOPBACK, PortError, is_loopback
from emulator.server import running


class ListeningError(Exception):
    """A port cannot be had, a file not be written, or an option is wrong; one sentence."""


@dataclass(frozen=True)
class Listening:
    """Where an emulator listens, and what it writes down.

    `host`: an IP address. Beyond loopback orders need the token of EMULATOR_TOKEN. `https_port`: one more
    port for the cloud's hosts over TLS, which the first takes too; 0: a free one. `ca_out` gets the CA that
    signs them, `ready_file` what is told when ready, while it is true, `access_log` a line per request.
    `access_key_id` and `access_key_secret`: the account's key, else a new one.
    """

    host: str = LOOPBACK
    https_port: int | None = None
    ca_out: Path | None = None
    ready_file: Path | None = None
    access_log: Path | None = None
    access_key_id: str = ""
    access_key_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Raises ListeningError."""
        try:
            ip_address(self.host)
        except ValueError:
            raise ListeningError(f'--host: "{self.host}" is no IP address, such as 0.0.0.0') from None


@contextmanager
def listened(cloud: Cloud, port: int, tls_port: int, options: Listening) -> Iterator[dict[str, str]]:
    """Serve `cloud` for the length of a `with`, which gets what to tell. Raises ListeningError."""
    authority = FrontAuthority()
    gate = Gate(os.environ.get("EMULATOR_TOKEN", ""), beyond=not is_loopback(options.host))
    where = {"host": options.host, "https_port": options.https_port, "authority": authority}
    with _logging(options.access_log) as log, ExitStack() as stack:
        try:
            server = stack.enter_context(running(cloud, port, gate=gate, log=log, **where))
            edge = stack.enter_context(Edge(cloud, tls_port, options.host, both=True))
        except PortError as error:
            raise ListeningError(error.strerror) from None
        ready = {
            "endpoint": server.endpoint,
            "tls": edge.address,
            "access_key_id": cloud.key.access_key_id,
            "access_key_secret": cloud.key.access_key_secret,
            "root": "".join(Authority().root_pem.splitlines()),
            "https": server.https,
        }
        cloud.leads.update(CERTDEPLOY_TLS=edge.address, CERTDEPLOY_ROOTS=ready["root"])
        _write(options.ca_out, authority.pem)
        _write(options.ready_file, json.dumps(ready) + "\n")
        try:
            yield ready
        finally:
            if options.ready_file is not None:
                options.ready_file.unlink(missing_ok=True)


@contextmanager
def _logging(path: Path | None) -> Iterator[AccessLog | None]:
    if path is None:
        yield None
        return
    try:
        log = AccessLog(path)
    except OSError as error:
        raise ListeningError(f"{path}: {error.strerror or error}") from None
    try:
        yield log
    finally:
        log.close()


def _write(path: Path | None, text: str) -> None:
    """At once: who waits for the file never reads half of it. The ready file has the key: 0600."""
    if path is None:
        return
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.touch(0o600)
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise ListeningError(f"{path}: {error.strerror or error}") from None
