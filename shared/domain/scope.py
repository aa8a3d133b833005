"""The scope: what the owner's settings let this installation write to, whatever the state still holds."""

from dataclasses import dataclass
from typing import Final

from shared.domain.accounts import OWN
from shared.domain.regions import ALIBABA_CLOUD, AWS, Regions
from shared.domain.resources import CloudProduct, CloudResource

_OUTSIDE: Final = "outside the scope: "


def rule_of(obstacle: str) -> str:
    """Which rule it is: the owner's scope, or else something on the slot's side."""
    return "scope" if obstacle.startswith(_OUTSIDE) else "obstacle"


@dataclass(frozen=True)
class Scope:
    """Accounts, products and regions. Another cloud has regions of its own, set by a setting of its own."""

    products: tuple[CloudProduct, ...]
    regions: tuple[str, ...]  #: of Alibaba Cloud; empty = all
    aws_regions: tuple[str, ...]
    more_regions: tuple[str, ...] = ()  #: known beside those of this version, as new ones are
    accounts: tuple[str, ...] = ()  #: other ones, beside the own

    def known_regions(self, product: CloudProduct) -> Regions:
        """Those of the product's cloud, in the scope or not."""
        return Regions(AWS if product is CloudProduct.AWS else ALIBABA_CLOUD, self.more_regions)

    def why_not_account(self, account: str) -> str:
        """Why nothing is done in an account, with the setting that says so; "" if it may be."""
        if account in (OWN, *self.accounts):
            return ""
        return f"CERTDEPLOY_ACCOUNTS does not include {account}"

    def why_not_discovered(self, product: CloudProduct, region: str = "", account: str = OWN) -> str:
        """Why a product, or its region, is not looked into, with the setting that says so; "" if it is."""
        if why := self.why_not_account(account):
            return why
        if product not in self.products:
            return self._not_included(product)
        if account and product is CloudProduct.AWS:
            return "AWS is not a part of an account of Alibaba Cloud"
        setting, regions = self._bounds(product)
        if region and regions and region not in regions:
            return f"CERTDEPLOY_{setting} ({', '.join(regions)}) does not include {region}"
        return ""

    def why_outside(self, resource: CloudResource) -> str:
        """Why nothing may be written to the slot, with the setting that says so; "" if it may be.

        A slot of a global product is where its instance is, such as a bucket. One that is nowhere in
        particular, such as a CDN domain, is bounded by the products alone.
        """
        product = resource.product
        if why := self.why_not_account(resource.account):
            return f"{_OUTSIDE}{why}"
        if product not in self.products:
            return f"{_OUTSIDE}{self._not_included(product)}"
        setting, regions = self._bounds(product)
        place = resource.region or resource.location
        if place and regions and place not in regions:
            return f"{_OUTSIDE}CERTDEPLOY_{setting} ({', '.join(regions)}) does not include {place}"
        return ""

    def _not_included(self, product: CloudProduct) -> str:
        switch = ", or CERTDEPLOY_AWS is off" if product is CloudProduct.AWS else ""
        return f"CERTDEPLOY_PRODUCTS does not include {product.value}{switch}"

    def _bounds(self, product: CloudProduct) -> tuple[str, tuple[str, ...]]:
        if product is CloudProduct.AWS:
            return "AWS_REGIONS", self.aws_regions
        return "REGIONS", self.regions
