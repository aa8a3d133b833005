"""What both kinds of ESA's slots share (esa 2024-09-10): the sites, and the certificates that they name.

The API has one host for each of the vendor's two sites, and an account belongs to one of these: an
account of the International site names its host in the settings (`esa`: esa.ap-southeast-1.aliyuncs.com).
"""

from collections.abc import Iterator
from typing import Final

from shared.cloud.api import Api
from shared.cloud.reading import Fields
from shared.domain.resources import CloudProduct
from shared.products.kit.fingerprints import identifier_of_leaf, leaf_of
from shared.products.kit.kinds import KindWithin

API: Final = Api("esa", "2024-09-10", "RPC", ram="esa", hosts="esa.{region}.aliyuncs.com")
HOME: Final = "cn-hangzhou"  #: region of the API's host
PACE: Final = 10.0  #: calls a second; no limit is published


class EsaSlots(KindWithin):
    product = CloudProduct.ESA
    api = API
    gone = frozenset({"activesitenotexist", "sitenotfound", "sitenotfound.notfound", "certificate.notfound"})

    def holders(self, region: str) -> Iterator[Fields]:
        """The sites."""
        return self._numbered_rows("ListSites", HOME, at=("Sites",))

    def name_of(self, holder: Fields) -> str:
        return str(holder.get("SiteId") or "")

    def _uploaded(self, pem: str) -> str:
        """The certificate of CAS that was uploaded as PEM; or its fingerprint, which nothing knows."""
        return identifier_of_leaf(self._catalogue, leaf_of(pem))


def site_obstacle(status: str) -> str:
    return "" if status == "active" else f"the site is {status}; bring it into service first"
