"""WAF 3.0: domains in CNAME access, the default certificate of each instance, ports of cloud resources."""

from collections.abc import Mapping
from typing import ClassVar

from shared.domain.resources import CloudProduct
from shared.products.kit.base import ProductAdapter
from shared.products.kit.kinds import KindsWithin
from shared.products.waf.default import WafDefault
from shared.products.waf.domains import WafDomains
from shared.products.waf.ports import WafPorts
from shared.products.waf.slots import API


class Adapter(KindsWithin):
    product = CloudProduct.WAF
    api = API
    actions: ClassVar = {**WafDomains.actions, **WafDefault.actions, **WafPorts.actions}
    kinds: ClassVar[Mapping[str, type[ProductAdapter]]] = {
        "domain": WafDomains,
        "default": WafDefault,
        "port": WafPorts,
    }
