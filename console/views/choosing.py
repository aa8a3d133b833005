"""Certificates to choose from, by pages: what was chosen on another page goes with the form."""

from collections.abc import Collection
from typing import Any, Final

from console.asking import Asked
from console.paging import Pages
from shared.domain.queries import ListCertificates
from shared.domain.values import Wire
from shared.services.lists import ListedCertificate, list_certificates
from shared.validation.requests import parse

_ROWS: Final = 50


class Choosable(Wire):
    """Those that can be deployed and fit the filter: of this page, by their source and their end."""

    certificates: tuple[ListedCertificate, ...]
    total: int


def choosable(asked: Asked, before: Collection[str]) -> tuple[Choosable, dict[str, Any]]:
    """With what the form needs beside. `before`: ids that are chosen until somebody has chosen here.

    Raises:
        InvalidRequestError: `turn` is no number.
    """
    found = _listed(asked, [])
    fitting = _listed(asked, names) if (names := asked.words("names")) else found
    pages = Pages.of(asked, "", len(fitting), _ROWS, field="turn")
    shown = fitting[pages.start : pages.end]
    given = asked.words("certificate")
    wanted = given if given or asked.one("choosing") else before
    deployable = {str(one.cert_id) for one in found}
    chosen = [one for one in dict.fromkeys(wanted) if one in deployable]
    here = {str(one.cert_id) for one in shown}
    more = {"turns": pages, "chosen": chosen, "elsewhere": [one for one in chosen if one not in here]}
    return Choosable(certificates=tuple(shown), total=len(fitting)), more


def _listed(asked: Asked, names: list[str]) -> list[ListedCertificate]:
    query = parse(ListCertificates, {"Deployable": True, "Domains": names})
    found = list_certificates(asked.world, query).certificates
    return sorted(found, key=lambda one: (one.source.value, one.not_after, one.cert_id))
