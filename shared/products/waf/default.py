"""WAF 3.0: the certificate that an instance serves to clients that name no server."""

from collections.abc import Iterator
from typing import ClassVar

from shared.cloud.api import Action
from shared.cloud.reading import Fields
from shared.domain.regions import shown
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.changes import Change, Look, Settings, carrying
from shared.products.kit.found import Found
from shared.products.kit.others import others
from shared.products.waf.settings import ciphers, sent, tls
from shared.products.waf.slots import PACE, WithTls, where

_UNTOLD = "WAF does not tell the oldest TLS version in force; exchange the certificate in the WAF console"


class WafDefault(WithTls):
    """No handshake proves it: ours always name a server."""

    actions: ClassVar = {
        "DescribeInstance": Action("DescribeInstance", per_second=PACE),
        "DescribeDefaultHttps": Action("DescribeDefaultHttps", per_second=PACE),
        "ModifyDefaultHttps": Action("ModifyDefaultHttps", writes=True, per_second=PACE),
    }

    def _slots(self, where: dict[str, str]) -> Iterator[Found]:
        yield from self._once(f"WafDefault/{where['InstanceId']}", self._slot(where))

    def _slot(self, where: dict[str, str]) -> Iterator[CloudResource]:
        yield self._resource(where, self._default_https(where))

    def _look(self, change: Change) -> Look:
        """It tells of no state: a change is done once it is shown."""
        here = where(change.resource)
        now = self._default_https(here)
        slot = self._resource(here, now)
        carries = carrying(change, slot.cert_identifier)
        told = tls(now)
        return Look(carries, slot, settings=told, others=others(now, told, ("CertId",)), held=ciphers(now))

    def _exchange(
        self, resource: CloudResource, cert_id: str, settings: Settings, ciphers: list[str]
    ) -> None:
        """The call needs a TLS version: none is made up, since clients may rest on an older one."""
        params = sent(settings, ciphers)
        if not params["TLSVersion"]:
            raise CloudRejectedError("ModifyDefaultHttps", "TLSVersionUnknown", _UNTOLD)
        suite = params.pop("CipherSuite")
        if suite and not (suite.isascii() and suite.isdigit()):
            why = f"WAF tells {shown(suite)} as the cipher suite in force, which is no number"
            raise CloudRejectedError("ModifyDefaultHttps", "CipherSuiteUnknown", why)
        self._call(
            "ModifyDefaultHttps",
            resource.region,
            CertId=cert_id,
            CipherSuite=int(suite) if suite else None,
            **params,
            **where(resource),
        )

    def _default_https(self, where: dict[str, str]) -> Fields:
        return self._call("DescribeDefaultHttps", where["RegionId"], **where).part("DefaultHttps")

    def _resource(self, where: dict[str, str], now: Fields) -> CloudResource:
        cert_id = now.text("CertId")
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
