"""The quota of deployments: what was bought, what jobs have of it; packages are added, the mode is set."""

import secrets
from typing import Any

from console.asking import Asked, Done, Page
from console.paging import ROWS, Pages
from shared.domain.certificates import cert_id_of
from shared.domain.quota import QuotaMode
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.services.quota_ledger import QuotaLine, QuotaShown


class Quota(Wire):
    quota: QuotaShown  #: with the first of its open jobs
    open_jobs: int
    history: tuple[QuotaLine, ...]  #: of this page, the latest first
    total: int  #: lines of the history


def quota(asked: Asked) -> Page:
    shown = asked.installation.quota(asked.world, {"Show": {}}).quota
    lines = asked.installation.quota(asked.world, {"History": {}}).history or ()
    assert shown is not None, "it is what was asked for"
    pages = Pages.of(asked, "/quota", len(lines), ROWS)
    answer = Quota(
        quota=shown.evolve(jobs=shown.jobs[:ROWS]),
        open_jobs=len(shown.jobs),
        history=tuple(reversed(lines))[pages.start : pages.end],
        total=len(lines),
    )
    more = {"pages": pages, "modes": [one.value for one in QuotaMode], "key": secrets.token_hex(16)}
    return Page("quota.html", answer, more, ["quota", "show"])


def add_quota(asked: Asked) -> Done:
    """A package that was bought. Sent twice it is one."""
    if not asked.one("key"):
        raise InvalidRequestError("a package is added from the page that names it: its key is missing")
    package = {
        "Count": asked.number("count"),
        "Note": asked.one("note"),
        "ClientToken": asked.one("key"),
    }
    asked.installation.quota(asked.world, {"Add": package})
    return Done("/quota")


def set_quota(asked: Asked) -> Done:
    """Only what is another than it was when the page was shown."""
    mode = asked.one("mode")
    request: dict[str, Any] = {
        "Share": _ids(asked, "share"),
        "Unshare": _ids(asked, "unshare"),
        **({"Mode": mode} if mode != asked.one("mode-before") else {}),
    }
    asked.installation.quota(asked.world, {"Set": request})
    return Done("/quota")


def _ids(asked: Asked, name: str) -> list[int]:
    found = [cert_id_of(one) for one in asked.words(name)]
    if None in found:
        raise InvalidRequestError(f"{name}: the id of a certificate in CAS is needed")
    return [one for one in found if one is not None]
