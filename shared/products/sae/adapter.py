"""SAE (API 2019-05-06): the certificates of gateway routing rules (ingresses) on ALB and on CLB.

On ALB a rule has a list of CAS certificates, which is replaced as a whole: here entry by entry, and
an entry is named by its certificate. On CLB it has one, of SLB's store. A rule on an MSE gateway has
its certificate there. Never call DescribeNamespaces: its answer carries access keys.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, ClassVar

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.errors import CloudUnavailableError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.envelope import opened
from shared.products.kit.found import Found, Unread
from shared.products.kit.listeners import no_certificate
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.regions import listed as listed_regions
from shared.products.sae.balancers import SaeBalancers, has_certificates, kind_of
from shared.products.sae.entries import SETTABLE, as_before, beside, entry, exchanged, listed, named
from shared.products.slb.store import SlbStore

_INGRESS = "/pop/v1/sam/ingress/Ingress"


class Adapter(ProductAdapter):
    product = CloudProduct.SAE
    api = Api("sae", "2019-05-06", "ROA", ram="sae", hosts="sae.{region}.aliyuncs.com")
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("DescribeRegions", of_discovery=True, method="GET", path="/pop/v1/paas/regionConfig"),
            Action(
                "DescribeNamespaceList",
                of_discovery=True,
                method="GET",
                path="/pop/v1/sam/namespace/describeNamespaceList",
            ),
            Action("ListIngresses", of_discovery=True, method="GET", path="/pop/v1/sam/ingress/IngressList"),
            Action("DescribeIngress", of_looks=True, method="GET", path=_INGRESS),
            Action("UpdateIngress", method="PUT", path=_INGRESS, writes=True),
        )
    }
    other_stores_granted = SlbStore.other_stores_granted
    rules_over = frozenset({CloudProduct.ALB, CloudProduct.SLB})
    # The code for a parameter that is wrong; of DescribeIngress, for a rule that is not there.
    gone = frozenset({"invalidparameter.withmessage"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._store = SlbStore(means)
        self._balancers = SaeBalancers(means.client)

    @classmethod
    def granted(cls, *, writes: bool) -> frozenset[str]:
        own = super().granted(writes=writes) | SlbStore.granted(writes=writes)
        return own if writes else own | SaeBalancers.granted

    def regions(self) -> list[str]:
        return listed_regions(self._call("DescribeRegions", "cn-hangzhou"), "Regions", "Region")  # all

    def discover(self, region: str) -> Iterator[Found]:
        rules: list[Fields] = []  #: those with certificates, which can be read
        spaces = self._call("DescribeNamespaceList", region, ContainCustom=True).rows("Data")
        yield from self._each(spaces, "NamespaceId", partial(self._within, region, rules))
        hosts = self._balancers.hosts(region, rules)
        on_clb = any(rule.text("CertId") for rule in rules)
        known = self._store.identifiers(region) if on_clb else {}
        yield from self._each(rules, "Id", partial(self._slots, region, hosts, known))

    def _look(self, change: Change) -> Look | None:
        resource, ingress = change.resource, self._ingress(change.resource)
        now = self._entry(change, ingress) if resource.kind == "alb" else self._copy(change, ingress)
        if now is None:
            return None
        settings = beside(change, ingress)
        told = others(ingress, settings, ("CertId", "CertIds"))
        return Look(
            carrying(change, now.cert_identifier), now, settings=settings, others=told, held=named(ingress)
        )

    def _entry(self, change: Change, ingress: Fields) -> CloudResource | None:
        """The wanted one takes the entry's place when the entry is not in the list any more."""
        resource, bound = change.resource, listed(ingress)
        wanted, own = change.wanted.identifier if change.wanted else "", resource.cert_identifier
        if own in bound:
            return entry(resource, bound, own)
        if wanted in bound:
            return entry(resource, bound, wanted)
        return None if own or bound else resource

    def _copy(self, change: Change, ingress: Fields) -> CloudResource:
        """The store may hold the wanted one under another CAS id of the very same certificate."""
        resource, bound = change.resource, ingress.text("CertId")
        if bound and change.wanted and self._store.holds(resource.region, bound, change.wanted):
            identifier = change.wanted.identifier
        else:
            identifier = self._store.identifier(resource.region, bound) if bound else ""
        return resource.evolve(cert_identifier=identifier, https=bool(bound))

    def beside(self, look: Look) -> Sequence[CloudResource]:
        """The other entries of the rule's list, which is among its settings."""
        slot, told = look.slot, (look.settings or {}).get("Entries", ())
        bound = [identifier_of(text) if text else slot.cert_identifier for text in told]
        return [entry(slot, bound, one) for one in bound if one != slot.cert_identifier]

    def _write(self, change: Change, look: Look) -> None:
        resource, wanted = change.resource, change.wanted
        assert wanted is not None, "no first deployment is undone"
        if resource.kind == "alb":
            self._update(resource, {"CertIds": exchanged(resource, look.held, wanted.identifier)})
        else:
            self._update(resource, {"CertId": self._store.put(resource.region, wanted)})

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        resource, wanted = change.resource, change.wanted
        if resource.kind == "alb" or wanted is None:
            self._take_back_unknown(change, look, lost)
        else:
            self._put_back(change, lost, {"CertId": self._store.put(resource.region, wanted)})

    def _take_back_unknown(self, change: Change, look: Look, lost: Set[str]) -> None:
        resource, own = change.resource, change.resource.cert_identifier
        if resource.kind == "alb":
            self._put_back(change, lost, {"CertIds": as_before(change)})
        else:
            self._put_back(change, lost, {"CertId": self._store.id_of(resource.region, own)})

    def _put_back(self, change: Change, lost: Set[str], certificate: Mapping[str, str]) -> None:
        was = change.before or {}
        former = {field: was[field] for field in SETTABLE if field in lost and field in was}
        self._update(change.resource, {**certificate, **former})

    def _update(self, resource: CloudResource, fields: Mapping[str, Any]) -> None:
        self._call("UpdateIngress", resource.region, IngressId=resource.listener_id, **fields)

    def _ingress(self, resource: CloudResource) -> Fields:
        answer = self._call("DescribeIngress", resource.region, IngressId=resource.listener_id)
        if not (described := answer.part("Data")):
            raise described.source.unreadable("it is empty")
        return described

    def _within(self, region: str, rules: list[Fields], space: Fields) -> Iterator[Found]:
        """Remember the rules of a namespace; what cannot be read of them.

        They are counted, since the greatest page size is not documented: rules that are promised and not
        shown are told. Older answers have no total, and may have no pages. The end is a page that is not
        full, or the same again.
        """
        if space.text("RegionId") not in ("", region):
            return
        namespace, number, seen, last = space.needed("NamespaceId"), 0, 0, list[Fields]()
        while True:
            number += 1
            query = {"NamespaceId": namespace, "CurrentPage": number, "PageSize": self.page_size}
            data = self._call("ListIngresses", region, **query).part("Data")
            page, total = data.rows("IngressList"), data.number("TotalSize")
            if not page or page == last:
                break
            yield from self._each(page, "Id", partial(_remember, rules))
            seen, last = seen + len(page), page
            if len(page) != self.page_size and seen >= (total or 0):
                break
        if total is not None and seen < total:
            why = f"{seen} of {total} are shown"
            yield Unread(namespace, CloudUnavailableError("ListIngresses", "ListChanged", why))

    def _slots(
        self, region: str, hosts: Mapping[str, str], known: Mapping[str, str], rule: Fields
    ) -> Iterator[CloudResource]:
        bound, bound_id, port = listed(rule), rule.text("CertId"), rule.needed_number("ListenerPort")
        rule_id, host = rule.needed("Id"), hosts.get(rule.text("SlbId"), "")
        slot = CloudResource(
            product=self.product,
            kind=kind_of(rule),
            region=region,
            resource_id=rule_id,
            instance_id=rule.text("SlbId"),
            instance_name=rule.text("Name") or rule.text("Description"),
            listener_id=rule_id,
            port=port,
            role=SlotRole.DEFAULT,
            domains_of_certificate=True,
            endpoint=f"{host}:{port}" if host else "",
        )
        if slot.kind == "alb" and bound:
            yield from (entry(slot, bound, identifier) for identifier in bound)
        elif slot.kind == "clb" and bound_id:
            identifier = known.get(bound_id) or self._store.identifier(region, bound_id)
            yield slot.evolve(cert_identifier=identifier)
        else:
            obstacle = no_certificate(self.product.value)
            yield slot.evolve(https=False, obstacle=obstacle)

    def _call_at(self, action: str, region: str, path: Mapping[str, str], /, **params: Any) -> Fields:
        answer = super()._call_at(action, region, path, **params)
        return answer if action == "DescribeRegions" else opened(action, answer)  # it has no envelope


def _remember(rules: list[Fields], rule: Fields) -> Iterator[Found]:
    """It, if it has certificates. Raises what would keep the others from being looked up with it."""
    if has_certificates(rule):
        kind_of(rule)
        for name in ("SlbId", "CertId"):
            rule.text(name)
        rules.append(rule)
    yield from ()
