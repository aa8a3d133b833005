"""How the cloud-native API gateway says what we need to know: envelopes, addresses, whose a domain is."""

from typing import Final

from shared.cloud.faults import classify
from shared.cloud.reading import Fields
from shared.cloud.redact import redact
from shared.domain.certificates import identifier_of

_OWNERS: Final = ("", "console", "api", "openapi")  #: [guess] of domains that are their user's own
#: What goes with the certificate, or with the change of it. Both spellings of the end are the vendor's.
OF_CERTIFICATE: Final = (
    *("certIdentifier", "certName", "issuer", "sans", "algorithm", "notBeforeTimestamp"),
    *("notAfterTimstamp", "notAfterTimestamp", "status"),
    *("certDetailStatus", "certDetailErrorCode", "certDetailErrorMessage"),
)


def opened(action: str, answer: Fields) -> Fields:
    """What the answer's envelope holds.

    Raises:
        CloudError: the kind that its code means, if that is another than Ok.
    """
    code = answer.text("code") or "Ok"
    if code.lower() in ("ok", "success", "200"):
        return answer.part("data")
    message, request_id = answer.text("message"), answer.text("requestId") or "-"
    raise classify(code, 400)(action, redact(code), redact(message), redact(request_id))


def identifier(row: Fields) -> str:
    return identifier_of(row.text("certIdentifier"))


def at_rest(status: str, before: str | None) -> bool:
    """Whether a domain has the status that it had before. "…ing" is taken for a change under way."""
    return status == before and not status.lower().endswith("ing")


def public(gateway: Fields) -> str:
    balancers = gateway.rows("loadBalancers")
    public = (row.text("address") for row in balancers if row.text("addressType") == "Internet")
    return next((address for address in public if address), "")


def obstacle(row: Fields) -> str:
    owner = row.text("createFrom")
    if owner.lower() not in _OWNERS:
        return f"the domain was made by {owner}, which would undo a change; change it there"
    return ""
