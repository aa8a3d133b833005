"""A client of a running emulator's own requests, for programs that test against one."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

_PATIENCE_S = 30.0


class EmulatorError(Exception):
    """The emulator refused an order, or was not reached; the text says why."""


class Client:
    """`endpoint`: as the ready line says it, `http://127.0.0.1:8100`. `token`: its EMULATOR_TOKEN, if needed.

    No proxy of the environment is asked.
    """

    def __init__(self, endpoint: str, token: str = "") -> None:
        try:
            parts = urlsplit(endpoint)
            host, self._port = parts.hostname, parts.port or 80
        except ValueError:
            host = None
        if not host or parts.scheme != "http":
            raise EmulatorError(f"{endpoint!r} is no endpoint such as http://127.0.0.1:8100")
        self.endpoint, self._token, self._host = endpoint, token, host

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """One request, such as `ask("GET", "health")`. Text bodies are sent as they are, others as JSON.

        Raises EmulatorError.
        """
        sent = None if body is None else body if isinstance(body, str) else json.dumps(body, default=str)
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_PATIENCE_S)
        headers = {"X-Emulator-Token": self._token} if self._token else {}
        try:
            connection.request(method, f"/_emulator/{path}", sent.encode() if sent else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise EmulatorError(f"no emulator answers at {self.endpoint}: {error}") from None
        finally:
            connection.close()
        found = self._read(text, answer.getheader("content-type", "") or "")
        if answer.status != http.client.OK:
            told = found.get("error") if isinstance(found, Mapping) else None
            raise EmulatorError(str(told or f"{self.endpoint} is no emulator: HTTP {answer.status}"))
        return found

    def _read(self, text: str, kind: str) -> Any:
        if not kind.startswith("application/json"):
            return text
        try:
            return json.loads(text)
        except ValueError:
            raise EmulatorError(f"{self.endpoint} is no emulator: its answer is not JSON") from None

    def reset(self) -> None:
        """Back to the estate."""
        self.ask("POST", "reset")

    def load(self, estate: object) -> None:
        """Another estate: its text (YAML, JSON), or data of its form."""
        self.ask("POST", "estate", estate)

    def saved(self) -> dict[str, Any]:
        """The account as it is now, as an estate to load. It has the private keys of its certificates."""
        found: dict[str, Any] = self.ask("GET", "estate")
        return found

    def merge(self, estate: object) -> None:
        """The estate, with more rows and certificates."""
        self.ask("POST", "estate/merge", estate)

    def fault(self, action: str, **fields: Any) -> str:
        """Order a fault; its id."""
        return str(self.ask("POST", "faults", {"action": action, **fields})["id"])

    def faults(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "faults")
        return found

    def deny(self, ram_action: str, **fields: Any) -> str:
        """Refuse a RAM action; the id to take it back by."""
        return str(self.ask("POST", "denials", {"ram_action": ram_action, **fields})["id"])

    def calls(self, **wanted: str) -> list[dict[str, Any]]:
        """The calls, by `api`, `action`, `region`, `code`, `status`, `after` (a request id), `limit`."""
        query = f"?{urlencode(wanted)}" if wanted else ""
        found: list[dict[str, Any]] = self.ask("GET", f"calls{query}")
        return found

    def refused(self) -> list[dict[str, Any]]:
        """The calls of what is not emulated."""
        found: list[dict[str, Any]] = self.ask("GET", "calls/refused")
        return found

    def freeze(self, at: object = True) -> None:
        """Let the cloud's time stand, now or at a time with a zone."""
        self.ask("POST", "clock", {"freeze": at})

    def advance(self, seconds: float) -> None:
        """Move the cloud's time ahead."""
        self.ask("POST", "clock", {"advance": seconds})

    def settle(self) -> None:
        """Let every change that is under way take effect now."""
        self.ask("POST", "settle")
