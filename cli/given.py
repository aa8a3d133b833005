"""What is given on the command line, as functions take it."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.certificates import cert_id_of
from shared.errors import InvalidRequestError


def moment_of(text: str, option: str = "--at") -> str:
    """As functions take it.

    Raises:
        InvalidRequestError: it is no time, or has no zone: nobody is to guess whose clock is meant.
    """
    try:
        at = datetime.fromisoformat(text.strip().upper().replace("Z", "+00:00"))
    except ValueError:
        raise InvalidRequestError(f"{option} {text!r}: not a time such as 2026-05-01T02:00+08:00") from None
    if at.tzinfo is None and ":" not in text:
        raise InvalidRequestError(
            f"{option} {text!r}: it has no time of day and no time zone; write {at:%Y-%m-%d}T02:00+08:00, say"
        )
    if at.tzinfo is None:
        raise InvalidRequestError(
            f"{option} {text!r}: it has no time zone; add one, as in {text.strip()}+08:00 or {text.strip()}Z"
        )
    return at.isoformat()


def cert_ids_of(texts: Sequence[str], option: str = "--certificate") -> list[int]:
    """Raises InvalidRequestError: one is no id of CAS."""
    ids = [(text, cert_id_of(text.strip())) for text in texts]
    if wrong := [text for text, cert_id in ids if cert_id is None]:
        raise InvalidRequestError(f"{option} {wrong[0]!r}: not an id as shown by `certificate list`")
    return [cert_id for _, cert_id in ids if cert_id is not None]
