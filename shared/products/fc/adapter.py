"""Function Compute: custom domains of 3.0, and those of 2.0 that 3.0 does not list."""

import logging
from collections.abc import Iterator
from typing import ClassVar

from shared.domain.resources import CloudProduct
from shared.errors import CloudDeniedError
from shared.products.fc.versions import Fc2, Fc3
from shared.products.kit.found import LASTING, Found, Unread
from shared.products.kit.kinds import ManyKinds

_log = logging.getLogger("certdeploy.products")
_NOT_ENABLED = "not enabled for current user"  # "FC service is not enabled for current user."


class Adapter(ManyKinds):
    product = CloudProduct.FC
    api = Fc3.api
    actions: ClassVar = Fc3.actions
    kinds: ClassVar = {"3.0": Fc3, "2.0": Fc2}

    def discover(self, region: str) -> Iterator[Found]:
        """A region without the service fails with the product's own words, and alone.

        Where 3.0 answers and 2.0 says that it is not enabled, there is nothing of 2.0. Where 3.0 does not
        answer, 2.0 is not asked: nothing would tell which domains are of 3.0.
        """
        seen: set[str] = set()
        for found in self._by_kind["3.0"].discover(region):
            if isinstance(found, Unread):
                seen.add(found.what)  # a domain of 3.0 all the same
                yield found
                continue
            seen.add(found.domains[0])
            yield found.evolve(kind="3.0")
        if region not in Fc2.api.regions:
            return
        try:
            older = list(self._by_kind["2.0"].discover(region))
        except LASTING as error:
            if isinstance(error, CloudDeniedError) and _NOT_ENABLED in str(error):
                _log.warning("Function Compute 2.0 is not enabled", extra={"region": region})
            else:
                yield Unread("kind 2.0", error)
            return
        for found in older:
            if isinstance(found, Unread):
                yield found
            elif found.domains[0] not in seen:
                yield found.evolve(kind="2.0")
