"""The scope: what the owner's settings let this installation write to, whatever the state still holds."""

from dataclasses import dataclass
from typing import Final

from shared.domain.resources import CloudProduct, CloudResource

_OUTSIDE: Final = "outside the scope: "


def rule_of(obstacle: str) -> str:
    """Which rule it is: the owner's scope, or else something on the slot's side."""
    return "scope" if obstacle.startswith(_OUTSIDE) else "obstacle"


@dataclass(frozen=True)
class Scope:
    """Products and regions. Another cloud has regions of its own, set by a setting of its own."""

    products: tuple[CloudProduct, ...]
    regions: tuple[str, ...]  #: of Alibaba Cloud; empty = all
    aws_regions: tuple[str, ...]

    def why_outside(self, resource: CloudResource) -> str:
        """Why nothing may be written to the slot, with the setting that says so; "" if it may be.

        A slot of a global product is where its instance is, such as a bucket. One that is nowhere in
        particular, such as a CDN domain, is bounded by the products alone.
        """
        product = resource.product
        if product not in self.products:
            switch = ", or CERTDEPLOY_AWS is off" if product is CloudProduct.AWS else ""
            return f"{_OUTSIDE}CERTDEPLOY_PRODUCTS does not include {product.value}{switch}"
        aws = product is CloudProduct.AWS
        setting, regions = ("AWS_REGIONS", self.aws_regions) if aws else ("REGIONS", self.regions)
        place = resource.region or resource.location
        if place and regions and place not in regions:
            return f"{_OUTSIDE}CERTDEPLOY_{setting} ({', '.join(regions)}) does not include {place}"
        return ""
