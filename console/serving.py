"""The console's server: on loopback only, until it is told to stop."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Final

import uvicorn

from console.app import console
from console.asking import Asked
from console.guard import Guard
from console.installation import Installation
from console.kept import BeingReadError, Kept
from shared.errors import AppError, SettingsError

HOST: Final = "127.0.0.1"
_TURN_S: Final = 0.001  #: a page waits so long for its turn where all is read anew beside; usually five times


class Serving:
    """A socket that is bound, and what answers there."""

    def __init__(
        self,
        installation: Installation,
        told: Callable[[str], None],
        *,
        port: int,
        read_only: bool,
        kept: Kept | None = None,
    ) -> None:
        """`port`: 0 for a free one. `told`: gets each address that lets a browser in.

        Raises:
            SettingsError: the port cannot be had.
        """
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._installation, self._kept = installation, kept or Kept()
        pages = console(installation, self._kept, read_only=read_only)
        self.guard = Guard(pages, self.port, told, read_only=read_only)
        config = uvicorn.Config(
            self.guard,
            log_config=None,  # it would set up the loggers of all that is loaded
            log_level="error",
            access_log=False,  # addresses hold the key that lets a browser in
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)

    def prepare(self) -> None:
        """Begin to read the slots, which takes a moment where there are many: somebody is about to look."""
        with suppress(BeingReadError, AppError):  # a page tells what cannot be read
            Asked(self._installation, kept=self._kept, patience_s=0).slots()

    def run(self) -> None:
        """Until a signal to stop, which uvicorn handles."""
        sys.setswitchinterval(_TURN_S)
        self._server.run([self._socket])

    @contextmanager
    def running(self) -> Iterator["Serving"]:
        """In a thread of its own, for the length of a `with`."""
        thread = Thread(target=self.run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.should_exit = True
            thread.join(10)
            self._socket.close()


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise SettingsError(f"--port {port}: {error.strerror or error}") from None
    return listening
