"""Certificates that nothing needs any more: looked at, chosen, looked at once more, and deleted from CAS."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from console.asking import Asked, Page
from console.kept import Reading
from console.paging import Pages
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.services.clean_up import CAS, check_grace, plan_clean_up
from shared.services.clean_up import clean_up as cleaned_up
from shared.services.cleaned import CleanUp, Fate
from shared.validation.spans import days_of

_ROWS: Final = 50
_GRACE: Final = "30d"  #: as the command's


class Cleaning(Wire):
    plan: CleanUp  #: with the certificates of this page
    total: int
    to_delete: int


def clean_up(asked: Asked) -> Page:
    reading = _planned(asked, ())
    plan = reading.value
    pages = Pages.of(asked, "/certificates/clean-up", len(plan.certificates), _ROWS)
    shown = plan.evolve(certificates=plan.certificates[pages.start : pages.end])
    answer = Cleaning(plan=shown, total=len(plan.certificates), to_delete=len(plan.to_delete))
    more = {"pages": pages, "all_chosen": bool(asked.one("all")), **_around(asked)}
    return Page("clean_up.html", answer, more, _command(asked, (), "--preview"), reading)


def confirm_clean_up(asked: Asked) -> Page:
    """What was chosen, looked at once more."""
    named = _chosen(asked)
    reading = _planned(asked, named)
    plan = reading.value
    answer = Cleaning(plan=plan, total=len(plan.certificates), to_delete=len(plan.to_delete))
    return Page("clean_up_confirm.html", answer, _around(asked), _command(asked, named), reading)


def do_clean_up(asked: Asked) -> Page:
    """Of those that were shown, what nothing needs now either."""
    named = _chosen(asked)
    done = cleaned_up(asked.world, named, _grace(asked))
    deleted = sum(1 for one in done.certificates if one.fate is Fate.DELETED)
    more = {"deleted": deleted, **_around(asked)}
    return Page("cleaned_up.html", done, more, _command(asked, named))


def _around(asked: Asked) -> dict[str, Any]:
    return {"grace": asked.one("grace", _GRACE), "now": asked.world.clock()}


def _planned(asked: Asked, named: Sequence[str]) -> Reading[CleanUp]:
    """Names are asked what they serve, which takes seconds."""
    grace = _grace(asked)
    return asked.looked(
        ("clean-up", grace, tuple(named)), lambda world: plan_clean_up(world, named, grace, (CAS,))
    )


def _chosen(asked: Asked) -> list[str]:
    if not (named := list(dict.fromkeys(asked.words("certificate")))):
        raise InvalidRequestError("choose at least one certificate")
    return named


def _grace(asked: Asked) -> timedelta:
    """Raises InvalidRequestError."""
    return check_grace(timedelta(days=days_of(asked.one("grace", _GRACE), "grace")))


def _command(asked: Asked, named: Sequence[str], *more: str) -> list[str]:
    grace = asked.one("grace", _GRACE)
    return [
        *("certificate", "clean-up", *named, "--only", CAS),
        *(("--grace", grace) if grace != _GRACE else ()),
        *more,
    ]
