"""WAF 3.0: the certificate that an instance serves to clients that name no server."""

import json
from collections.abc import Iterator
from typing import ClassVar

from shared.cloud.api import Action
from shared.domain.resources import CloudResource, SlotRole
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import Answer
from shared.products.kit.changes import Change, Look, Settings, carrying
from shared.products.waf.slots import PACE, WafSlots, where

_OLDEST_TLS = "tlsv1"  #: what the product has by default, where it tells none


class WafDefault(WafSlots):
    """No handshake proves it: ours always name a server."""

    actions: ClassVar = {
        "DescribeInstance": Action("DescribeInstance", per_second=PACE),
        "DescribeDefaultHttps": Action("DescribeDefaultHttps", per_second=PACE),
        "ModifyDefaultHttps": Action("ModifyDefaultHttps", writes=True, per_second=PACE),
    }

    def _slots(self, where: dict[str, str]) -> Iterator[CloudResource]:
        yield self._resource(where, self._default_https(where))

    def _look(self, change: Change) -> Look:
        """It tells of no state: a change is done once it is shown."""
        here = where(change.resource)
        now = self._default_https(here)
        slot = self._resource(here, now)
        settings = {name: now[name] for name in now if name != "CertId"}
        return Look(carrying(change, slot.cert_identifier), slot, settings=settings)

    def _exchange(self, resource: CloudResource, cert_id: str, settings: Settings) -> None:
        suite = settings.get("CipherSuite")
        self._call(
            "ModifyDefaultHttps",
            resource.region,
            CertId=cert_id,
            TLSVersion=settings.get("TLSVersion") or _OLDEST_TLS,
            EnableTLSv3=settings.get("EnableTLSv3"),
            CipherSuite=int(suite) if suite else None,
            CustomCiphers=_listed(settings.get("CustomCiphers")) or None,
            **where(resource),
        )

    def _default_https(self, where: dict[str, str]) -> Answer:
        answer = self._call("DescribeDefaultHttps", where["RegionId"], **where)
        found: Answer = answer.get("DefaultHttps") or {}
        return found

    def _resource(self, where: dict[str, str], now: Answer) -> CloudResource:
        cert_id = str(now.get("CertId") or "")
        missing = "the instance has no default certificate; set one in the WAF console"
        return CloudResource(
            product=self.product,
            region=where["RegionId"],
            resource_id="default-https",
            instance_id=where["InstanceId"],
            instance_name="WAF",
            port=443,
            role=SlotRole.DEFAULT,
            domains_of_certificate=True,
            https=bool(cert_id),
            cert_identifier=identifier_in(self._catalogue, cert_id),
            obstacle="" if cert_id else missing,
        )


def _listed(ciphers: str | list[str] | None) -> list[str]:
    """Read as one text, in a form that is not documented: JSON or with commas. Written as a list."""
    if not isinstance(ciphers, str):
        return ciphers or []
    if ciphers.startswith("["):
        found: list[str] = json.loads(ciphers)
        return found
    return [name for text in ciphers.split(",") if (name := text.strip())]
