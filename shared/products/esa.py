"""ESA: the certificates of sites, and those of SaaS hostnames."""

from collections.abc import Mapping
from typing import ClassVar

from shared.domain.resources import CloudProduct
from shared.products.base import ProductAdapter
from shared.products.esa_hostnames import EsaHostnames
from shared.products.esa_sites import EsaSites
from shared.products.esa_slots import API
from shared.products.kinds import KindsWithin


class Adapter(KindsWithin):
    product = CloudProduct.ESA
    api = API
    actions: ClassVar = {**EsaSites.actions, **EsaHostnames.actions}
    kinds: ClassVar[Mapping[str, type[ProductAdapter]]] = {"site": EsaSites, "hostname": EsaHostnames}
