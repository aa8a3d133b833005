"""DCDN (API 2018-01-15). Layer-4 (IPA) domains have no call that sets a certificate: not listed."""

from collections.abc import Iterator
from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from shared.products.kit.cdn_family import ROWS, FamilyAdapter, Words


class Adapter(FamilyAdapter):
    product = CloudProduct.DCDN
    api = Api("dcdn", "2018-01-15", "RPC", ram="dcdn", hosts="dcdn.aliyuncs.com")
    actions: ClassVar = {
        "DescribeDcdnUserDomains": Action("DescribeDcdnUserDomains", per_second=80),
        "DescribeDcdnDomainCertificateInfo": Action("DescribeDcdnDomainCertificateInfo", per_second=100),
        "DescribeDcdnDomainDetail": Action("DescribeDcdnDomainDetail", of_looks=True, per_second=30),
        "DescribeDcdnDomainConfigs": Action("DescribeDcdnDomainConfigs", of_looks=True),
        # No limit is published; its siblings' is 30.
        "SetDcdnDomainSSLCertificate": Action("SetDcdnDomainSSLCertificate", writes=True, per_second=30),
    }
    page_size = 500
    first_deployment = True
    words = Words(
        domains="DescribeDcdnUserDomains",
        info="DescribeDcdnDomainCertificateInfo",
        detail="DescribeDcdnDomainDetail",
        functions="DescribeDcdnDomainConfigs",
        change="SetDcdnDomainSSLCertificate",
        model="DomainDetail",
        switch="SSLProtocol",
        filters={"WebSiteType": "dynamic,computing_routine,computing_image"},
    )

    def _rows(self) -> Iterator[Fields]:
        """No client is seen to filter by several types: if that hides all, the list without is right."""
        found = False
        try:
            for row in super()._rows():
                found = True
                yield row
        except CloudRejectedError:
            if found:
                raise
        if not found:
            yield from self._numbered_rows(self.words.domains, at=ROWS)
