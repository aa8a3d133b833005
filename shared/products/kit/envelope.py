"""Answers that tell their own success or failure, under whatever HTTP status: MSE and SAE."""

from shared.cloud.faults import classify
from shared.cloud.reading import Fields
from shared.cloud.redact import redact


def opened(action: str, answer: Fields) -> Fields:
    """The answer, if it tells of success.

    Raises:
        CloudError: the kind that its ErrorCode and Code mean.
    """
    success = answer.flag("Success")
    code = None if success is True else answer.get("ErrorCode")  # which MSE does not have
    if success is not False and not code:
        return answer
    told = str(answer.get("Code") or "")
    status = max(int(told) if told.isdigit() else 0, 400)  # a failure all the same
    code = str(code or ("NotFound" if told == "404" else "Failed" if not told or told.isdigit() else told))
    message, request_id = str(answer.get("Message") or "no message"), str(answer.get("RequestId") or "-")
    raise classify(code, status)(action, redact(code), redact(message), redact(request_id))
