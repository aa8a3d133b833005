"""What a check of the installation finds, a line each."""

from collections.abc import Iterable
from enum import Enum

from pydantic import AwareDatetime, ConfigDict

from shared.domain.values import Wire


class Mark(str, Enum):
    OK = "ok"
    UNKNOWN = "unknown"  #: it could not be looked at; `text` says why
    WARNING = "warning"  #: it works, and somebody may want it otherwise
    ERROR = "error"  #: something does not work until somebody has done something


class _Told(Wire):
    """A later version's function may tell more."""

    model_config = ConfigDict(extra="ignore")


class Finding(_Told):
    """`about`: what was looked at, stable, for programs. `todo`: what to do; "" for nothing."""

    about: str
    mark: Mark
    text: str
    todo: str = ""
    policy: str = ""  #: a statement that a RAM policy lacks, as JSON
    actions: dict[str, str] = {}  #: RAM actions, each "allowed", "denied" or "not tried"


class Health(_Told):
    """`healthy`: nothing is an error."""

    at: AwareDatetime
    healthy: bool
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, at: AwareDatetime, findings: Iterable[Finding]) -> "Health":
        found = tuple(findings)
        return cls(at=at, healthy=all(one.mark is not Mark.ERROR for one in found), findings=found)


def ok(about: str, text: str) -> Finding:
    return Finding(about=about, mark=Mark.OK, text=text)


def unknown(about: str, text: str, todo: str = "") -> Finding:
    return Finding(about=about, mark=Mark.UNKNOWN, text=text, todo=todo)


def warning(about: str, text: str, todo: str, policy: str = "") -> Finding:
    return Finding(about=about, mark=Mark.WARNING, text=text, todo=todo, policy=policy)


def error(about: str, text: str, todo: str, policy: str = "") -> Finding:
    return Finding(about=about, mark=Mark.ERROR, text=text, todo=todo, policy=policy)
