"""Lines of the log that dashboards and alerts rest on: their message, and fields that each has."""

from __future__ import annotations

from shared.services.measures import Measured

_OF_WORKERS = frozenset({"job_id", "worker_id", "product", "slot", "cert_identifier", "took_s"})

LINES: dict[str, frozenset[str]] = {
    "installation was measured": frozenset(Measured.model_fields),
    "worker deployed": _OF_WORKERS | {"handshake"},
    "worker ended in error": _OF_WORKERS | {"reason"},
    "rollback of a worker ended in error": _OF_WORKERS | {"reason"},
    "an invocation was given up": frozenset({"given_up", "reason"}),
}
