"""Times as products write them."""

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime


def parse_time(text: str | None) -> datetime | None:
    """`2027-01-01T00:00:00Z`, or OSS's `Jan 1 00:00:00 2027 GMT`; None for nothing or another form."""
    if not text:
        return None
    for parse in (_iso, _openssl, parsedate_to_datetime):
        try:
            found = parse(text)
        except (ValueError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
    return None


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _openssl(text: str) -> datetime:
    return datetime.strptime(text, "%b %d %H:%M:%S %Y %Z").replace(tzinfo=timezone.utc)
