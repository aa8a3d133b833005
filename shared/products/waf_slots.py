"""What both kinds of WAF 3.0's slots share (waf-openapi 2021-10-01): instances, and a careful exchange.

Whether TLS settings that a change leaves out stay as they are is not documented. So those in force
are sent again, and everything else is compared before and after.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Final

from shared.cloud.api import Api
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudError, CloudRejectedError, CloudUnavailableError
from shared.products.base import Answer, ProductAdapter
from shared.products.unchanged import differences, settings_lost

API: Final = Api("waf-openapi", "2021-10-01", "RPC", ram="yundun-waf")
PACE: Final = 10.0  #: calls a second; no limit is published
_EXPIRED, _RELEASED = 2, 3


class WafSlots(ProductAdapter):
    product = CloudProduct.WAF
    api = API
    page_size = 50
    gone = frozenset({"domainnotexist", "instancenotexist"})
    change: ClassVar[str]  #: the action that exchanges a certificate

    def regions(self) -> list[str]:
        """The two sides of the service, each with an instance of its own: mainland and outside."""
        return ["cn-hangzhou", "ap-southeast-1"]

    def discover(self, region: str) -> Iterator[CloudResource]:
        """None on a side where there is no instance, or one that was released."""
        instance = self._call("DescribeInstance", region, RegionId=region)
        instance_id, status = instance.get("InstanceId") or "", instance.get("Status")
        if not instance_id or status == _RELEASED:
            return
        expired = "the WAF instance has expired; renew it first" if status == _EXPIRED else ""
        for slot in self._slots({"InstanceId": instance_id, "RegionId": region}):
            yield slot.model_copy(update={"obstacle": expired or slot.obstacle})

    @abstractmethod
    def _slots(self, where: dict[str, str]) -> Iterator[CloudResource]:
        """The slots of one instance. `where`: what every call has to name."""

    @abstractmethod
    def _settings(self, resource: CloudResource) -> tuple[str, Answer]:
        """The CertId in force, and every setting beside it."""

    @abstractmethod
    def _write(self, resource: CloudResource, cert_id: str, settings: Answer) -> None:
        """Exchange the certificate, and send the TLS settings of `settings` again."""

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        what, unknown = f"{resource.slot} is being changed", None
        self._waiter.until(lambda: self.settled(resource), what)
        former, before = self._settings(resource)
        try:
            self._write(resource, certificate.identifier, before)
        except CloudUnavailableError as error:
            unknown = error  # it may have been made, and then it is looked at all the same
        try:
            self._waiter.until(lambda: self.settled(resource), what)
        finally:
            self._hold_against(former, before, resource)
        if unknown is not None:
            raise unknown

    def _hold_against(self, former: str, before: Answer, resource: CloudResource) -> None:
        """Raise CloudRejectedError if anything but the certificate changed; put that back first."""
        lost = differences(before, self._settings(resource)[1])
        if not lost:
            return
        try:
            self._write(resource, former, before)
        except CloudError as error:  # not let out: a later try would find the certificate in place
            reason = f"{'; '.join(lost)}; nor could the certificate be put back ({error.cloud_code})"
            raise CloudRejectedError(self.change, "SettingsLost", f"{resource.slot}: {reason}") from None
        raise settings_lost(self.change, resource.slot, lost)


def where(resource: CloudResource) -> dict[str, str]:
    return {"InstanceId": resource.instance_id, "RegionId": resource.region}
