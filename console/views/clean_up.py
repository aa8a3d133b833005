"""Certificates that nothing needs any more, in CAS and in products' stores: looked at, chosen, deleted."""

from collections.abc import Sequence
from typing import Any, Final

from console.asking import Asked, Page
from console.commands import options
from console.kept import Reading
from console.paging import Pages
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.services.clean_up import CAS
from shared.services.cleaned import CleanUp, Fate
from shared.validation.spans import days_of

_ROWS: Final = 50
_GRACE: Final = "30d"  #: as the command's


class Cleaning(Wire):
    plan: CleanUp  #: with the rows of this page
    certificates: int
    stored: int  #: copies in products' own stores
    to_delete: int  #: of both


def clean_up(asked: Asked) -> Page:
    reading = _planned(asked)
    plan = reading.value
    most = max(len(plan.certificates), len(plan.stored))
    pages = Pages.of(asked, "/certificates/clean-up", most, _ROWS)
    shown = plan.evolve(
        certificates=plan.certificates[pages.start : pages.end], stored=plan.stored[pages.start : pages.end]
    )
    more = {"pages": pages, "all_chosen": bool(asked.one("all")), **_around(asked)}
    return Page("clean_up.html", _told(shown, plan), more, _command(asked, "--preview"), reading)


def confirm_clean_up(asked: Asked) -> Page:
    """Of what was looked at what was chosen."""
    certificates, stored = _chosen(asked)
    reading = _planned(asked)
    plan = reading.value.evolve(
        certificates=tuple(one for one in reading.value.certificates if one.cert_identifier in certificates),
        stored=tuple(one for one in reading.value.stored if one.stored.place in stored),
    )
    return Page("clean_up_confirm.html", _told(plan, plan), _around(asked), _command(asked), reading)


def do_clean_up(asked: Asked) -> Page:
    """Of those that were shown, what nothing needs now either."""
    certificates, stored = _chosen(asked)
    approved = {"Certificates": certificates, "Stored": stored}
    done = asked.installation.cleaned_up(asked.world, {"GraceDays": _grace(asked), "Delete": approved})
    fates = [*(one.fate for one in done.certificates), *(one.fate for one in done.stored)]
    more = {"deleted": fates.count(Fate.DELETED), "total": len(fates), **_around(asked)}
    return Page("cleaned_up.html", done, more, _command(asked))


def _told(shown: CleanUp, plan: CleanUp) -> Cleaning:
    return Cleaning(
        plan=shown,
        certificates=len(plan.certificates),
        stored=len(plan.stored),
        to_delete=len(plan.to_delete) + len(plan.stored_to_delete),
    )


def _around(asked: Asked) -> dict[str, Any]:
    return {"grace": asked.one("grace", _GRACE), "now": asked.world.clock()}


def _planned(asked: Asked) -> Reading[CleanUp]:
    """Names are asked what they serve, and stores what they hold, which takes seconds."""
    grace = _grace(asked)
    return asked.looked(
        ("clean-up", grace), lambda world: asked.installation.cleaned_up(world, {"GraceDays": grace})
    )


def _chosen(asked: Asked) -> tuple[Sequence[str], Sequence[str]]:
    """Of CAS, by identifier, and in products' stores, by place."""
    certificates, stored = asked.words("certificate"), asked.all("stored")
    if not certificates and not stored:
        raise InvalidRequestError("choose at least one certificate")
    return list(dict.fromkeys(certificates)), list(dict.fromkeys(stored))


def _grace(asked: Asked) -> float:
    """In days. Raises InvalidRequestError."""
    return days_of(asked.one("grace", _GRACE), "grace")


def _command(asked: Asked, *more: str) -> list[str]:
    """It takes all copies of a product's store together."""
    grace, certificates = asked.one("grace", _GRACE), asked.words("certificate")
    products = sorted({place.partition("/")[0] for place in asked.all("stored")})
    return [
        *("certificate", "clean-up", *certificates),
        *options("--only", [*([CAS] if certificates else []), *products]),
        *options("--grace", [grace] if grace != _GRACE else []),
        *more,
    ]
