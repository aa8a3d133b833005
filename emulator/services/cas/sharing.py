"""CAS: certificates that are shared with another account of the same verified entity.

Source: the official SDK, and the documented code of a refusal. How a shared certificate shows in the other
account is not known: whether under an id of its own (`shared_id`), and whether its lists tell it at once
(`shared_shows`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emulator.api import Answer, ApiError, Call
from emulator.service import Account, EmulatedService
from emulator.services.cas.store import CasCertificate


class Sharing(EmulatedService):
    def share(self, row: CasCertificate, target: Account) -> None:
        cas: Any = target.services["cas"]
        if not self.behaviour["shared_shows"] or any(one.bundle == row.bundle for one in cas.rows()):
            return
        same = self.behaviour["shared_id"] == "same" and cas.is_free(row.id)
        cas.keep_row(replace(row, id=row.id if same else cas.new_id()))

    def ShareCertificate(self, call: Call) -> Answer:
        row = self.row_of(call, "CertificateId")
        target = self.cloud.known(str(call.params["TargetUserId"]))
        if target is None or not (self.cloud.of_one_entity and target.of_one_entity):
            code = "OperationDenied.NotSameCompanyEntity"
            raise ApiError(400, code, "The accounts are not of the same company entity.")
        self.share(row, target)
        return {}

    def row_of(self, call: Call, name: str) -> CasCertificate:
        """Raises ApiError: there is none."""
        raise NotImplementedError
