"""Asynchronous invocations that the platform gave up: as it tells them, and as they are kept."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.domain.values import Versioned


class _Told(BaseModel):
    """Function Compute's words. Which fields it sends is not promised: none is needed but the function."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, defer_build=True)


class _RequestContext(_Told):
    request_id: str = ""
    function_arn: str
    condition: str = ""
    approximate_invoke_count: int | None = None


class _ResponseContext(_Told):
    status_code: int | None = None
    function_error: str = ""


class FailedInvocation(_Told):
    """What is sent to a failure destination (the vendor's page "Result callback")."""

    timestamp: int | None = None  #: milliseconds since the epoch
    request_context: _RequestContext
    request_payload: Any = ""
    response_context: _ResponseContext = Field(default_factory=_ResponseContext)
    response_payload: Any = ""


class DeadLetter(Versioned):
    request_id: str
    function: str  #: by its full name, such as "certdeploy-scan_expiry"
    payload: str  #: what it was invoked with: ids
    error_type: str = ""
    error_message: str = ""
    condition: str = ""  #: the platform's word for why it gave up
    tries: int | None = None
    failed_at: AwareDatetime

    @property
    def name(self) -> str:
        """Of this one among all."""
        return f"{int(self.failed_at.timestamp() * 1000)}-{self.request_id}"

    @property
    def why(self) -> str:
        """What the function answered last, or else the platform's word."""
        return f"{self.error_type} {self.error_message}".strip() or self.condition
