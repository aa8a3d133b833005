"""A list of other accounts: read whole, or refused with all that is wrong in one message."""

from __future__ import annotations

import pytest

from shared.domain.accounts import Account
from shared.validation.accounts import accounts_in

ROLE = "acs:ram::2000000000000002:role/certdeploy"


def test_a_role_is_enough_for_an_account() -> None:
    (account,) = accounts_in(ROLE)

    assert account == Account(id="2000000000000002", role=ROLE, session="certdeploy")


def test_each_account_may_have_an_external_id_and_a_session_name_and_spaces_do_not_matter() -> None:
    text = f" {ROLE}; external-id=a=b@c ;session=ops.cert ,\n acs:ram::1:role/x "

    first, second = accounts_in(text)

    assert (first.id, first.session, first.external_id) == ("1", "certdeploy", "")
    assert (second.id, second.session, second.external_id) == ("2000000000000002", "ops.cert", "a=b@c")


def test_an_external_id_is_not_printed() -> None:
    assert "hush" not in repr(accounts_in(f"{ROLE};external-id=hush"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" , ", "names none"),
        ("2000000000000002", "entry 1 ('2000000000000002'): it is not acs:ram::ACCOUNT:role/NAME"),
        ("acs:ram::x:role/y", "it is not acs:ram::ACCOUNT:role/NAME"),
        (f"{ROLE};session=a", "session is not of the form that STS takes"),
        (f"{ROLE};external-id=é", "external-id is not of the form that STS takes"),
        (f"{ROLE};role=a", "'role' is no field of it; there are external-id, session"),
        (f"{ROLE};session=ab;session=cd", "a field is given twice"),
        (f"{ROLE},{ROLE}2", "account 2000000000000002 is given twice"),
    ],
)
def test_what_is_no_list_of_accounts_is_refused_with_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as told:
        accounts_in(text)

    assert why in str(told.value)


def test_everything_that_is_wrong_is_told_at_once_and_no_external_id_is_repeated() -> None:
    with pytest.raises(ValueError, match=r"\S") as told:
        accounts_in(f"nonsense,{ROLE};external-id=hüsh,{ROLE};foo=bar")

    message = str(told.value)
    assert [f"entry {number}" in message for number in (1, 2, 3)] == [True] * 3
    assert "hüsh" not in message
