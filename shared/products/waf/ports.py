"""WAF 3.0: ports of ECS, CLB and NLB instances that it protects, and terminates TLS at ("cloud native mode").

A slot for the default certificate of each HTTPS port and for each of its extensions. Of ALB, and of CLB's
HTTPS listeners, WAF has no certificates of its own: they are listed with where to replace them.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Final

from shared.cloud.api import Action
from shared.cloud.reading import Fields
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError
from shared.products.kit.base import Step
from shared.products.kit.bound import beside, placed, under_way
from shared.products.kit.changes import Change, Look
from shared.products.kit.found import Found, told
from shared.products.kit.others import others
from shared.products.waf.certificates import exchanged, held_by, looks, put_back, without_default
from shared.products.waf.settings import port_settings
from shared.products.waf.slots import PACE, WafSlots, where

#: Each has to be asked for: the list leaves out these where no product is named.
_PRODUCTS: Final = ("ecs", "clb4", "nlb", "clb7", "alb")
#: Of which WAF holds no certificates of its own.
_ELSEWHERE: Final = {
    "clb7": "WAF takes the certificates of this port from the CLB's HTTPS listener; replace them there (SLB)",
    "alb": "WAF is a part of this ALB, whose listeners hold the certificates; replace them there (ALB)",
}
_NAMED_AT_PORTS: Final = ("ecs", "clb4", "clb7")  #: what the ports' list takes as product
_LEAVING: Final = 4  #: being released
_AT_REST: Final = (1, _LEAVING)
_RELEASED: Final = "WAF is releasing the port"
_MISSING: Final = "the port has no certificate; set the first one in the WAF console"
_REFUSED: Final = "certnotexist"
_HINT: Final = "each certificate of the port is sent again: replace or remove first what CAS has no more"


class WafPorts(WafSlots):
    at_once = True
    actions: ClassVar = {
        "DescribeInstance": Action("DescribeInstance", per_second=PACE),
        "DescribeCloudResources": Action("DescribeCloudResources", per_second=PACE),
        "DescribeCloudResourceAccessPortDetails": Action(
            "DescribeCloudResourceAccessPortDetails", per_second=PACE
        ),
        "ModifyCloudResourceCert": Action("ModifyCloudResourceCert", writes=True, per_second=PACE),
    }

    def _slots(self, where: dict[str, str]) -> Iterator[Found]:
        for product in _PRODUCTS:
            yield from told(f"{product} instances", partial(self._of_product, where, product))

    def _of_product(self, where: dict[str, str], product: str) -> Iterator[Found]:
        rows = self._numbered_rows(
            "DescribeCloudResources",
            where["RegionId"],
            at=("CloudResources",),
            ResourceProduct=product,
            **where,
        )
        for row in rows:  # an instance of CLB may be in two of the lists
            name = str(row.get("ResourceInstanceId") or "")
            found = told(name or "an instance without id", partial(self._of_instance, where, product, row))
            yield from self._once(f"WafPorts/{product}/{name}", found) if name else found

    def _of_instance(self, where: dict[str, str], product: str, row: Fields) -> Iterator[Found]:
        instance, ip = row.needed("ResourceInstanceId"), row.text("ResourceInstanceIp")
        slot = CloudResource(
            product=self.product,
            region=where["RegionId"],
            resource_id=f"{instance}-{product}",
            instance_id=where["InstanceId"],
            instance_name=instance,
            role=SlotRole.DEFAULT,
            domains_of_certificate=True,
            obstacle=_ELSEWHERE.get(product, ""),
        )
        if product == "alb":  # which has listeners, not ports
            yield slot.evolve(https=False)
        elif row.number("HttpsPortCount") != 0:
            ports = self._ports(
                where, instance, ResourceProduct=product if product in _NAMED_AT_PORTS else None
            )
            yield from self._each(ports, "CloudResourceId", partial(self._of_port, slot, ip))

    def _of_port(self, slot: CloudResource, ip: str, row: Fields) -> Iterator[CloudResource]:
        if row.text("Protocol") not in ("https", ""):
            return
        resource_id, port = row.needed("CloudResourceId"), row.needed_number("Port")
        slot = slot.evolve(
            resource_id=f"{resource_id}/default",
            listener_id=resource_id,
            port=port,
            endpoint=f"{ip}:{port}" if ip else "",
            obstacle=slot.obstacle or (_RELEASED if row.number("Status") == _LEAVING else ""),
        )
        bound = [one.bound for one in held_by(row, self._catalogue)]
        yield from (placed(slot, one) for one in dict.fromkeys(bound))
        if not any(one.default for one in bound):
            yield without_default(slot, _MISSING)

    def _look_at_all(self, changes: Sequence[Change]) -> list[Look | None]:
        slot = changes[0].resource
        if any(change.begun for change in changes) and self._too_early(slot.writer):
            return [under_way(change) for change in changes]
        row = self._port(slot)
        if row is None:
            return [None] * len(changes)
        held, settled = held_by(row, self._catalogue), row.number("Status") in _AT_REST
        settings = port_settings(row)
        told = others(row, settings, ("Certificates", "Status"))
        found = looks(changes, held, settings, settled=settled)
        return [look and replace(look, others=told) for look in found]

    def beside(self, look: Look) -> Sequence[CloudResource]:
        return beside(look.slot, (one.bound for one in look.held or ()))

    def together(self, steps: Sequence[Step]) -> Sequence[Step]:
        return steps

    def _advance(self, steps: Sequence[Step]) -> None:
        change, look = steps[0]
        self._send(change.resource, exchanged(look.held, steps))

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        """The call takes no settings: their loss is told. Other slots may have been put back meanwhile."""
        row = self._port(change.resource)
        held = held_by(row, self._catalogue) if row else look.held
        self._send(change.resource, put_back(held, change, look))

    def _send(self, slot: CloudResource, certificates: list[dict[str, str]]) -> None:
        try:
            self._call(
                "ModifyCloudResourceCert",
                slot.region,
                CloudResourceId=slot.listener_id,
                Certificates=certificates,
                **where(slot),
            )
        except CloudRejectedError as error:
            if _REFUSED not in error.cloud_code.lower():
                raise
            why = f"{error.message}; {_HINT}"
            raise CloudRejectedError(error.action, error.cloud_code, why, error.request_id) from None
        finally:
            self._just_written.add(slot.writer)

    def _port(self, slot: CloudResource) -> Fields | None:
        rows = self._ports(where(slot), slot.instance_name, Port=str(slot.port))
        return next((row for row in rows if row.text("CloudResourceId") == slot.listener_id), None)

    def _ports(self, where: dict[str, str], instance: str, **more: Any) -> Iterator[Fields]:
        """HTTPS ones of an instance."""
        return self._numbered_rows(
            "DescribeCloudResourceAccessPortDetails",
            where["RegionId"],
            at=("AccessPortDetails",),
            ResourceInstanceId=instance,
            Protocol="https",
            **more,
            **where,
        )
