"""Carry a certificate from one account to the CAS of others: slots take only what their own account's has.

Accounts of one verified entity share it, so that no key is read; to any other account it is uploaded, with
the private key in memory from the one call to the other. That is charged as an upload (see domain/quota.py).
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from shared.cloud.cas import Cas
from shared.domain.accounts import OWN, within
from shared.domain.certificates import Certificate
from shared.domain.values import Wire
from shared.errors import AppError, CloudDeniedError, CloudRejectedError, InvalidRequestError
from shared.services.lists import check_accounts
from shared.services.map import find_certificate
from shared.services.plan import candidates
from shared.services.transfer import upload_certificate
from shared.services.world import World

OWN_NAME: Final = "-"  #: of the own account, for people
_OTHER_ENTITY: Final = "OperationDenied.NotSameCompanyEntity"
_LATER: Final = (
    "its CAS does not show it yet: the next scan looks again; if it never does, carry it with --upload"
)


class Way(str, Enum):
    THERE = "there"  #: it has it already
    SHARED = "shared"
    UPLOADED = "uploaded"
    FAILED = "failed"


class Carried(Wire):
    """`cert_identifier`: of the copy; "" where there is none, or none yet. `code`: of the error."""

    account: str
    way: Way
    cert_identifier: str = ""
    reason: str = ""
    code: str = ""


def carry_certificate(
    world: World, text: str, accounts: Sequence[str] = (), *, share: bool = True
) -> tuple[Carried, ...]:
    """To each of the accounts ("-": the own one), or to those with a slot that it covers a name of.

    `share`: try that first. One account that refuses does not keep it from the others; it is safe to repeat.

    Raises:
        NotFoundError: no such certificate is known.
        InvalidRequestError: it cannot be deployed, there is nowhere to carry it, or an account is not known.
    """
    certificate = find_certificate(world, text)
    if why := certificate.why_not_deployable(world.clock()):
        raise InvalidRequestError(f"certificate {certificate.identifier}: {why}")
    check_accounts(world, accounts)
    named = [OWN if one == OWN_NAME else one for one in accounts]
    targets = [
        one for one in dict.fromkeys(named or _meant(world, certificate)) if one != certificate.account
    ]
    if not targets:
        raise InvalidRequestError(
            f"certificate {certificate.identifier}: no other account has a slot with a name of it; name some"
            " with --to"
        )
    return tuple(_carried(world, certificate, account, share=share) for account in targets)


def _meant(world: World, certificate: Certificate) -> Iterable[str]:
    slots = candidates(world, [certificate])
    return sorted({slot.account for slot in slots if not world.policy.why_barred(slot)})


def _carried(world: World, certificate: Certificate, account: str, *, share: bool) -> Carried:
    try:
        return _to(world, certificate, account, share=share)
    except AppError as error:
        return Carried(account=account, way=Way.FAILED, reason=str(error), code=error.code)


def _to(world: World, certificate: Certificate, account: str, *, share: bool) -> Carried:
    home = within(account, certificate.store)
    there = world.cas(home)
    if copy := _copy(there, certificate):
        return Carried(account=account, way=Way.THERE, cert_identifier=copy.identifier)
    here = world.cas(certificate.home)
    why = _why_not_shared(world, here, certificate, account) if share else "as asked"
    if not why:
        copy = _copy(there, certificate)
        identifier = copy.identifier if copy else ""
        reason = "" if copy else _LATER
        return Carried(account=account, way=Way.SHARED, cert_identifier=identifier, reason=reason)
    pair = here.key_pair(certificate.cert_id)
    done = upload_certificate(world, None, pair.certificate_pem, pair.key, home)
    way = Way.THERE if done.already_there else Way.UPLOADED
    return Carried(account=account, way=way, cert_identifier=done.cert_identifier, reason=why)


def _why_not_shared(world: World, here: Cas, certificate: Certificate, account: str) -> str:
    """Empty if it was."""
    try:
        here.share(certificate.cert_id, account or world.own_account())
    except (CloudRejectedError, CloudDeniedError) as error:
        other = isinstance(error, CloudRejectedError) and error.cloud_code == _OTHER_ENTITY
        return "the accounts are not of one verified entity" if other else f"not shared: {error}"
    return ""


def _copy(there: Cas, certificate: Certificate) -> Certificate | None:
    same = certificate.fingerprint, certificate.not_after
    if not certificate.fingerprint:
        return None
    found = (one for one in there.list_certificates() if (one.fingerprint, one.not_after) == same)
    return next((one for one in found if one.has_private_key is not False), None)
