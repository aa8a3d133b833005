"""The key, the account behind it, the clock, and CAS: what nothing works without."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from shared.cloud import cas, sts
from shared.cloud.api import Action
from shared.cloud.cas_levels import LIST_INSTANCES
from shared.cloud.openapi import Answer, OpenApi
from shared.cloud.reading import parsed
from shared.domain.certificates import STORES
from shared.errors import (
    AppError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudUnavailableError,
    SettingsError,
)
from shared.services.accounts import enter_accounts
from shared.services.doctor.calls import is_not_activated, statement
from shared.services.doctor.findings import Finding, error, ok, unknown, warning
from shared.services.world import World

_SKEW: Final = timedelta(seconds=60)
_REFUSED: Final = timedelta(minutes=15)  #: from here on the cloud refuses signatures
_SITES: Final = {STORES[0]: "China", STORES[1]: "International"}
_ONE: Final = {"CurrentPage": 1, "ShowSize": 1}
_LISTS: Final[dict[Action, dict[str, object]]] = dict(
    zip(cas.LISTING, ({**_ONE}, {**_ONE, "OrderType": "CERT"}), strict=True)
)
_SKEWED: Final = ("requesttimetooskewed", "invalidtimestamp")


class NoUseError(Exception):
    """Nothing of Alibaba Cloud answers from here, or not to this key: there is no use in asking further."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text)
        self.finding = finding


def of_key(openapi: OpenApi, clock: datetime) -> Iterator[Finding]:
    """Who signs the calls, and whether this clock is right.

    Raises:
        NoUseError: STS, which needs no permission, cannot be reached or refuses the key.
    """
    try:
        answer = openapi.call_raw(sts.API, sts.WHO)
    except CloudCredentialsError as refused:
        raise NoUseError(_refused(refused)) from None
    except CloudUnavailableError as silent:
        raise NoUseError(_offline(silent)) from None
    except SettingsError as missing:
        raise NoUseError(error("key", str(missing), "without a key nothing is asked of the cloud")) from None
    except CloudError as failed:
        yield error("key", str(failed), "GetCallerIdentity needs no permission: see what the answer says")
    else:
        yield _identity(answer)
        yield of_clock(answer, clock)


def _refused(refused: CloudCredentialsError) -> Finding:
    if refused.cloud_code.lower().startswith(_SKEWED):
        return error("clock", f"this clock is off: {refused}", "set the clock of this machine, best by NTP")
    return error("key", str(refused), "check the AccessKey: it may be mistyped, disabled, deleted or expired")


def _offline(silent: CloudUnavailableError) -> Finding:
    return error(
        "internet",
        f"no API of Alibaba Cloud is reached from here: {silent}",
        "let it out: a function in a VPC reaches none without a NAT gateway (leave the VPC, or set"
        " internetAccess); a machine may need HTTPS_PROXY, or a firewall has to let port 443 out",
    )


def _identity(answer: Answer) -> Finding:
    try:
        told = parsed(answer.body)
        arn, account = str(told["Arn"]), str(told["AccountId"])
    except (ValueError, LookupError, TypeError):
        return unknown("key", "GetCallerIdentity: an answer that is not understood")
    if arn.endswith(":root"):
        return warning(
            "key",
            f"{arn}: the account's own key, which may do everything",
            "make a RAM user with only what is needed: certdeploy ram print",
        )
    return ok("key", f"{arn}, account {account}")


def of_clock(answer: Answer, clock: datetime) -> Finding:
    """`clock`: what it was here when it was asked."""
    try:
        theirs = parsedate_to_datetime(answer.headers["date"])
        off = abs(clock - theirs)
    except (LookupError, ValueError, TypeError):
        return unknown("clock", "the answer tells no time to compare this clock with")
    if off <= _SKEW:
        return ok("clock", f"within {max(1, round(off.total_seconds()))} s of the cloud's")
    seconds = round(off.total_seconds())
    mark = error if off >= _REFUSED else warning
    return mark(
        "clock",
        f"{seconds} s off the cloud's; from 15 minutes on calls are refused",
        "set the clock of this machine, best by NTP",
    )


def of_cas(world: World, openapi: OpenApi) -> Iterator[Finding]:
    """Each store of the settings; and the site of the account, as far as its stores tell."""
    has: dict[str, bool] = {}
    for store in world.policy.stores:
        about = f"cas {store}"
        try:
            for action, paging in _LISTS.items():
                answer = openapi.call(cas.API, action, paging, region=store)
                count = answer.number("TotalCount") or 0
                has[store] = has.get(store, False) or count > 0
        except CloudDeniedError as denied:
            yield _denied_cas(about, denied)
        except AppError as failed:
            yield error(about, str(failed), "nothing can be deployed from this store until CAS answers")
        else:
            held = "holds certificates" if has[store] else "holds no certificate"
            yield ok(about, f"answers, and {held}")
    yield _site(world, has)


def of_levels(world: World, openapi: OpenApi) -> Iterator[Finding]:
    """Whether the key may ask what CAS has sold; what else is wrong with a store is told of the store."""
    for store in world.policy.stores:
        try:
            openapi.call(cas.API, LIST_INSTANCES, _ONE, region=store)
        except CloudDeniedError as denied:
            todo = "grant it to the key or role: else DV, OV and EV of what CAS has sold are taken from names"
            yield warning(f"levels {store}", str(denied), todo, statement(cas.API.rights(LIST_INSTANCES), {}))
        except AppError:
            continue


def _denied_cas(about: str, denied: CloudDeniedError) -> Finding:
    if is_not_activated(denied):
        return error(about, str(denied), "activate Certificate Management Service, or name another store")
    lacking = statement(cas.API.rights(*cas.READING), {})
    return error(about, str(denied), "grant it to the key or role", lacking)


def _site(world: World, has: dict[str, bool]) -> Finding:
    """No API tells it: a store that holds certificates does."""
    sites = [_SITES[store] for store, filled in has.items() if filled and store in _SITES]
    if sites:
        return ok("site", f"{' and '.join(sites)}, as the stores with certificates have it")
    others = [store for store in STORES if store not in world.policy.stores]
    return warning(
        "site",
        f"no store of CERTDEPLOY_STORES ({', '.join(world.policy.stores)}) holds a certificate",
        f"if the account is of another site, name its store: {', '.join(others)}"
        if others
        else "upload or issue a certificate in CAS",
    )


def of_accounts(world: World) -> Iterator[Finding]:
    """Those beside the own one: does the role there let us in, and may it read CAS?"""
    for one in enter_accounts(world):
        if one.why_not:
            todo = "docs/accounts.md: the role's trust policy, its rights (certdeploy ram print entered)"
            yield error(f"account {one.account}", one.why_not, todo)
        else:
            yield ok(f"account {one.account}", "its role is assumed, and its CAS read")
