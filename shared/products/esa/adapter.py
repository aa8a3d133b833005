"""ESA: the certificates of sites, and those of SaaS hostnames."""

from collections.abc import Mapping
from typing import ClassVar

from shared.domain.resources import CloudProduct
from shared.products.esa.hostnames import EsaHostnames
from shared.products.esa.sites import EsaSites
from shared.products.esa.slots import API
from shared.products.kit.base import ProductAdapter
from shared.products.kit.kinds import KindsWithin


class Adapter(KindsWithin):
    product = CloudProduct.ESA
    host_of_china_site = True
    has_store = True
    api = API
    actions: ClassVar = {**EsaSites.actions, **EsaHostnames.actions}
    kinds: ClassVar[Mapping[str, type[ProductAdapter]]] = {"site": EsaSites, "hostname": EsaHostnames}
