"""What both kinds of WAF 3.0's slots share (waf-openapi 2021-10-01): instances, and a careful exchange.

Whether TLS settings that a change leaves out stay as they are is not documented. So those in force
are sent again, and everything else is compared before and after.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Final

from shared.cloud.api import Api
from shared.domain.certificates import Certificate, cert_id_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.base import Answer
from shared.products.kit.kinds import KindWithin
from shared.products.kit.unchanged import Unchanged

API: Final = Api(
    "waf-openapi",
    "2021-10-01",
    "RPC",
    ram="yundun-waf",
    hosts="wafopenapi.{region}.aliyuncs.com",
    regions=("cn-hangzhou", "ap-southeast-1"),  # the mainland and outside, each with an instance of its own
)
PACE: Final = 10.0  #: calls a second; no limit is published
_EXPIRED, _RELEASED = 2, 3


class WafSlots(KindWithin):
    product = CloudProduct.WAF
    api = API
    page_size = 50
    gone = frozenset({"domainnotexist", "instancenotexist"})
    change: ClassVar[str]  #: the action that exchanges a certificate

    def holders(self, region: str) -> Iterator[Answer]:
        """A side's instance; none where there is none, or one that was released."""
        instance = self._call("DescribeInstance", region, RegionId=region)
        if instance.get("InstanceId") and instance.get("Status") != _RELEASED:
            yield instance

    def within(self, region: str, holder: Answer) -> Iterator[CloudResource]:
        expired = "the WAF instance has expired; renew it first" if holder.get("Status") == _EXPIRED else ""
        for slot in self._slots({"InstanceId": holder["InstanceId"], "RegionId": region}):
            yield slot.model_copy(update={"obstacle": expired or slot.obstacle})

    @abstractmethod
    def _slots(self, where: dict[str, str]) -> Iterator[CloudResource]:
        """The slots of one instance. `where`: what every call has to name."""

    @abstractmethod
    def _settings(self, resource: CloudResource) -> Answer:
        """Every setting of the slot, with the CertId in force at the top level."""

    @abstractmethod
    def _exchange(self, resource: CloudResource, cert_id: str, settings: Answer) -> None:
        """Exchange the certificate, and send the TLS settings of `settings` again."""

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        self._waiter.until(lambda: self.settled(resource), f"{resource.slot} is being changed")
        before = self._settings(resource)
        with Unchanged(
            self.change,
            resource.slot,
            self._waiter,
            before,
            read=lambda: self._settings(resource),
            put_back=lambda lost: self._exchange(resource, before["CertId"], before),
            shown=lambda now: cert_id_of(now["CertId"]) == certificate.cert_id,
            settled=lambda: self.settled(resource),
            ignore=("CertId",),
        ):
            self._exchange(resource, certificate.identifier, before)


def where(resource: CloudResource) -> dict[str, str]:
    return {"InstanceId": resource.instance_id, "RegionId": resource.region}
