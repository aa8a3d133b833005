"""CAS: what was bought, and the latest certificate that was issued for each. Not what was uploaded.

Source: the official SDK. Without the actions that buy, apply for and renew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from emulator.api import Answer, Call
from emulator.service import EmulatedService
from emulator.services.cas.paging import page, part
from emulator.services.cas.store import CasCertificate

_SOLD = ("BUY", "TEST")


class Instances(EmulatedService):
    def ListInstances(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        latest: dict[str, CasCertificate] = {}
        for row in self.stored(call):
            older = latest.get(row.instance_id)
            if row.source in _SOLD and (older is None or older.bundle.not_before <= row.bundle.not_before):
                latest[row.instance_id] = row
        rows = [
            row
            for row in latest.values()
            if params.get("InstanceType") in (None, row.source)
            and params.get("CertificateType") in (None, row.validation)
            and params.get("CertificateStatus") in (None, row.status(now))
            and params.get("Status") in (None, _status(row, now))
            and row.matches(params.get("Keyword", ""))
        ]
        return page(rows, params, 10) | {
            "EnableReissueCount": 0,
            "DisableReissueCount": len(rows),
            "InstanceList": [self._told(row, call) for row in part(rows, params, 10)],
        }

    def stored(self, call: Call) -> Iterable[CasCertificate]:
        """The certificates of the store that is called."""
        raise NotImplementedError

    def _told(self, row: CasCertificate, call: Call) -> dict[str, Any]:
        """Times are in seconds here."""
        bundle, now = row.bundle, self.cloud.clock()
        start, end = (int(moment.timestamp()) for moment in (bundle.not_before, bundle.not_after))
        wild = sum(name.startswith("*.") for name in bundle.names)
        told = {
            "InstanceId": row.instance_id,
            "InstanceType": row.source,
            "Status": _status(row, now),
            "CertificateId": row.id,
            "CertIdentifier": row.identifier,
            "CertificateName": row.name,
            "CertificateStatus": row.status(now),
            "CertificateType": row.validation,
            "CertificateDomain": ",".join(bundle.names),
            "CertificateNotBefore": start,
            "CertificateNotAfter": end,
            "InstanceStartTime": start,
            "InstanceEndTime": end,
            "Domain": ",".join(bundle.names),
            "FullDomainCount": len(bundle.names) - wild,
            "WildcardDomainCount": wild,
            "KeyAlgorithm": f"{row.algorithm}_{bundle.key_size}" if row.algorithm != "SM2" else "SM2",
            "AutoReissue": "disable",
            "UsingProductList": self.using(row),
        }
        if not self.behaviour["instance_level"]:
            del told["CertificateType"]
        if self.behaviour["instance_ids"] == "own":
            told["InstanceId"] = f"cas-instance-{row.id:x}"
        return told

    def using(self, row: CasCertificate) -> list[str]:
        """The products where the certificate is bound."""
        raise NotImplementedError


def _status(row: CasCertificate, now: Any) -> str:
    """[guess] that an instance lives as long as its latest certificate."""
    states = {"issued": "normal", "revoked": "closed"}
    return states.get(row.status(now), row.status(now))
