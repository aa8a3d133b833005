"""What an adapter offers of a product that keeps certificates of its own: list them, delete one."""

from collections.abc import Iterator
from typing import ClassVar, final

from shared.cloud.api import Action, Api
from shared.domain.resources import CloudProduct
from shared.domain.stored import StoredCertificate
from shared.errors import CloudRejectedError
from shared.products.kit.found import Unread


class Storing:
    """Of every adapter; most products have no store."""

    product: ClassVar[CloudProduct]
    api: ClassVar[Api]
    has_store: ClassVar[bool] = False
    #: what `stored` and `drop` call; of no other role are those of them that delete
    cleaning: ClassVar[tuple[Action, ...]] = ()
    #: codes, in lower case, by which the product says that something uses a certificate
    in_use: ClassVar[frozenset[str]] = frozenset()
    #: and by which it says that there is no such certificate
    not_stored: ClassVar[frozenset[str]] = frozenset()

    def stored(self, region: str) -> Iterator[StoredCertificate | Unread]:
        """The certificates of the region's store, and what of it cannot be read.

        Raises:
            CloudError: nothing can be said of the region, or of the rest of it.
        """
        yield from ()

    @final
    def drop(self, stored: StoredCertificate) -> str:
        """Delete it, unless it is another one by now or in use; why it stays, "" if it is gone.

        Raises:
            CloudError: it is there, or nobody knows; another try does no harm.
        """
        try:
            return self._drop(stored)
        except CloudRejectedError as error:
            if error.cloud_code.lower() in self.not_stored:
                return ""
            if error.cloud_code.lower() in self.in_use:
                return f"{self.product.value} says that something uses it ({error.cloud_code})"
            raise

    def _drop(self, stored: StoredCertificate) -> str:
        """As `drop`. What the product refuses with a code of `in_use` or `not_stored` is not yours."""
        raise NotImplementedError

    @classmethod
    def cleaning_granted(cls) -> frozenset[str]:
        """The RAM actions that these take."""
        return frozenset(name for one in cls.cleaning for name in (one.api or cls.api).rights(one))
