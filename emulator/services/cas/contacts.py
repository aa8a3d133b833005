"""CAS's contacts, whom its deployment jobs tell. A fresh account has none.

What they may say is not documented: whatever is given is taken [guess]. `Idcard` is never told again.
"""

from __future__ import annotations

from typing import Any

from emulator.api import Answer, Call
from emulator.estate import Estate
from emulator.service import Account, EmulatedService
from emulator.services.cas.paging import page, part, refused

_FIRST = 20001
_GIVEN = ("Name", "Email", "Mobile", "Webhooks", "Idcard")


class Contacts(EmulatedService):
    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._contacts: list[dict[str, Any]] = []
        self._next_contact = _FIRST

    def load(self, estate: Estate) -> None:
        super().load(estate)
        self._contacts = [
            self._made({"Name": contact.name, "Email": contact.email, "Mobile": contact.mobile})
            for contact in estate.contacts
        ]

    def contact(self, contact_id: int) -> dict[str, Any] | None:
        return next((row for row in self._contacts if row["ContactId"] == contact_id), None)

    def ListContact(self, call: Call) -> Answer:
        keyword = call.params.get("Keyword", "")
        rows = [row for row in self._contacts if keyword.lower() in str(row["Name"]).lower()]
        return page(rows, call.params, 20) | {
            "ContactList": part(rows, call.params, 20),
            "Keyword": keyword,
        }

    def GetContact(self, call: Call) -> Answer:
        return dict(self._known(call))

    def CreateContact(self, call: Call) -> Answer:
        row = self._made(call.params)
        self._contacts.append(row)
        return {"ContactId": row["ContactId"]}

    def UpdateContact(self, call: Call) -> Answer:
        row = self._known(call)
        changed = self._made({**row, **{name: call.params[name] for name in _GIVEN if name in call.params}})
        row.update(changed | {"ContactId": row["ContactId"]})
        return {"ContactId": row["ContactId"]}

    def DeleteContact(self, call: Call) -> Answer:
        self._contacts.remove(self._known(call))
        return {}

    def _known(self, call: Call) -> dict[str, Any]:
        row = self.contact(call.params["ContactId"])
        if row is None:
            raise refused("NotFound", f"The contact {call.params['ContactId']} does not exist.")
        return row

    def _made(self, given: Any) -> dict[str, Any]:
        number, self._next_contact = self._next_contact, self._next_contact + 1
        email, mobile = given.get("Email") or "", given.get("Mobile") or ""
        return {
            "ContactId": number,
            "Name": given["Name"],
            "Email": email,
            "EmailStatus": int(bool(email)),
            "Mobile": mobile,
            "MobileStatus": int(bool(mobile)),
            **({"Webhooks": given["Webhooks"]} if given.get("Webhooks") else {}),
            "WebhookList": [],
        }
