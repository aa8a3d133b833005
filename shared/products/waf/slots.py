"""What the kinds of WAF 3.0's slots share (waf-openapi 2021-10-01): instances, and a careful exchange."""

from abc import abstractmethod
from collections.abc import Iterator, Set
from typing import Final

from shared.cloud.api import Api
from shared.cloud.reading import Fields
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.changes import Change, Look, Settings
from shared.products.kit.found import Found, Unread
from shared.products.kit.kinds import KindWithin
from shared.products.kit.means import Means

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
    gone = frozenset({"domainnotexist", "instancenotexist", "waf.instance.validfaild"})  # spelled so

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._just_written: set[str] = set()  #: writers that were not looked at since

    def holders(self, region: str) -> Iterator[Fields]:
        """A side's instance; none where there is none, or one that was released."""
        instance = self._call("DescribeInstance", region, RegionId=region)
        status = instance.number("Status")
        if status == _RELEASED or not (status or instance.text("InstanceId")):
            return
        instance.needed("InstanceId")
        yield instance

    def within(self, region: str, holder: Fields) -> Iterator[Found]:
        over = holder.number("Status") == _EXPIRED
        expired = "the WAF instance has expired; renew it first" if over else ""
        for found in self._slots({"InstanceId": holder.needed("InstanceId"), "RegionId": region}):
            if isinstance(found, Unread):
                yield found
            else:
                yield found.evolve(obstacle=expired or found.obstacle)

    @abstractmethod
    def _slots(self, where: dict[str, str]) -> Iterator[Found]:
        """The slots of one instance. `where`: what every call has to name."""

    def _too_early(self, writer: str) -> bool:
        """The first look after a write of ours could only say that it is under way: it takes seconds."""
        if writer not in self._just_written:
            return False
        self._just_written.discard(writer)
        return True


class WithTls(WafSlots):
    """Slots of which a change of the certificate may change TLS settings too.

    Whether those that it leaves out stay as they are is not documented. So those in force are sent again,
    and everything else is compared before and after.
    """

    @abstractmethod
    def _exchange(
        self, resource: CloudResource, cert_id: str, settings: Settings, ciphers: list[str]
    ) -> None:
        """Exchange the certificate, and send the TLS settings of a look again; `ciphers` in their order."""

    def _write(self, change: Change, look: Look) -> None:
        self._put(change, look.settings, look)

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        self._put(change, change.before, look)

    def _put(self, change: Change, settings: Settings | None, look: Look) -> None:
        assert change.wanted is not None, "none is taken off"
        assert settings is not None, "every look has them"
        self._exchange(change.resource, change.wanted.identifier, settings, look.held or [])


def where(resource: CloudResource) -> dict[str, str]:
    return {"InstanceId": resource.instance_id, "RegionId": resource.region}
