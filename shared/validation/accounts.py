"""A list of other accounts, as the owner writes it into a setting."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from shared.domain.accounts import EXTERNAL_ID, ROLE, SESSION, Account
from shared.domain.regions import shown

_FORM: Final = "acs:ram::ACCOUNT:role/NAME, with ;external-id=… and ;session=… if you like"
_FIELDS: Final = {"external-id": EXTERNAL_ID, "session": SESSION}
_MOST: Final = 100  #: more are no list that a person keeps


def accounts_in(text: str) -> tuple[Account, ...]:
    """Entries are separated by commas or line breaks. Raises ValueError with all that is wrong.

    An external id may be a secret by which an account knows its own visitors: it is not repeated.
    """
    entries = [entry.strip() for entry in text.replace("\n", ",").split(",") if entry.strip()]
    found: list[Account] = []
    problems = [] if entries else ["names none; name some, separated by commas, or unset it"]
    for number, entry in enumerate(entries, start=1):
        role, *fields = [part.strip() for part in entry.split(";")]
        wrong = list(_problems(role, fields))
        problems += [f"{_which(number, role)}: {one}" for one in wrong]
        if not wrong and (named := ROLE.fullmatch(role)):
            given = dict(field.split("=", 1) for field in fields if field)
            found.append(
                Account(
                    id=named["account"],
                    role=role,
                    external_id=given.get("external-id", ""),
                    session=given.get("session", Account.model_fields["session"].default),
                )
            )
    twice = [one for one, count in Counter(account.id for account in found).items() if count > 1]
    problems += [f"account {one} is given twice; one role is assumed in an account" for one in twice]
    if len(found) > _MOST:
        problems.append(f"{len(found)} accounts; {_MOST} at most")
    if problems:
        raise ValueError("; ".join(problems))
    return tuple(sorted(found, key=lambda one: one.id))


def _which(number: int, role: str) -> str:
    return f"entry {number} ({shown(role)})"


def _problems(role: str, fields: list[str]) -> Iterator[str]:
    if not ROLE.fullmatch(role):
        yield f"it is not {_FORM}"
        return
    given = [field.partition("=") for field in fields if field]
    for name, _, value in given:
        if name not in _FIELDS:
            yield f"{shown(name)} is no field of it; there are {', '.join(_FIELDS)}"
        elif not _FIELDS[name].fullmatch(value):
            yield f"{name} is not of the form that STS takes"
    if len({name for name, _, _ in given}) < len(given):
        yield "a field is given twice"
