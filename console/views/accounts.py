"""The accounts that are looked after, and whether the others let us in now."""

from console.asking import Asked, Page
from shared.domain.values import Wire
from shared.services.accounts import Entered, LookedAfter
from shared.services.accounts import accounts as looked_after


class Accounts(Wire):
    accounts: tuple[LookedAfter, ...]  #: the own one first


def accounts(asked: Asked) -> Page:
    reading = asked.reading("accounts", looked_after, lambda found: sum(one.slots for one in found))
    more = {"roles": asked.installation.roles()}
    return Page("accounts.html", Accounts(accounts=reading.value), more, ["account", "list"], reading)


class Checked(Wire):
    accounts: tuple[Entered, ...]


def check_accounts(asked: Asked) -> Page:
    """Each role is assumed, and one list is read there. It changes nothing."""
    reading = asked.looked("account check", lambda _: tuple(asked.installation.entered()))
    answer = Checked(accounts=reading.value)
    return Page("accounts_checked.html", answer, {}, ["account", "check"], reading)
