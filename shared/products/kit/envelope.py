"""Answers that tell their own success or failure, under whatever HTTP status: MSE and SAE."""

from shared.cloud.faults import classify
from shared.cloud.reading import Fields
from shared.cloud.redact import redact


def opened(action: str, answer: Fields) -> Fields:
    """The answer, if it tells of success.

    Raises:
        CloudError: the kind that its ErrorCode and Code mean.
    """
    success, told = answer.flag("Success"), answer.text("Code")
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
    code = "" if success is True else answer.text("ErrorCode")  # which MSE does not have
    if success is not False and not code and number < 400:
        return answer
    status = max(number, 400)  # a failure all the same
    code = code or ("NotFound" if told == "404" else "Failed" if not told or told.isdigit() else told)
    message, request_id = answer.text("Message") or "no message", answer.text("RequestId") or "-"
    raise classify(code, status)(action, redact(code), redact(message), redact(request_id))
