"""Routing rules by which one product sets the certificates of another's listeners."""

from collections.abc import Iterable, Mapping

from shared.domain.resources import CloudProduct, CloudResource

#: Whose listeners another product's routing rules may be on, and whose: it sets their certificates, and
#: may overwrite what is changed there directly.
SET_BY: Mapping[CloudProduct, CloudProduct] = {
    CloudProduct.ALB: CloudProduct.SAE,
    CloudProduct.SLB: CloudProduct.SAE,
}
_Listener = tuple[CloudProduct, str, str, int | None]


class Rules:
    """The rules among some slots, by the listener that each is on."""

    def __init__(self, slots: Iterable[CloudResource]) -> None:
        self._by_listener: dict[_Listener, CloudResource] = {}
        for one in slots:
            self._by_listener.setdefault((one.product, one.area, one.instance_id, one.port), one)

    def over(self, resource: CloudResource) -> CloudResource | None:
        """The first by whose rule another product sets the certificates of `resource`'s listener."""
        if not resource.instance_id or (setter := SET_BY.get(resource.product)) is None:
            return None
        return self._by_listener.get((setter, resource.area, resource.instance_id, resource.port))

    def put_on(self, resource: CloudResource) -> CloudResource:
        """The slot, with an obstacle where there is a rule over it."""
        if (rule := self.over(resource)) is None:
            return resource
        name = rule.instance_name or rule.listener_id
        setter = rule.product.value
        obstacle = f"{setter} sets this listener's certificates; deploy to its routing rule {name} instead"
        return resource.evolve(obstacle=obstacle)
