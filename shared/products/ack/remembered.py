"""Whether a Secret is as the last discovery read it: told by its metadata, which holds no key.

Every change of an object changes its `resourceVersion`, and `managedFields` has who wrote what when. All of
the metadata counts: versions alone repeat themselves where a cluster was restored from a backup.
"""

import hashlib
import json
from typing import Final

from shared.cloud.reading import Fields
from shared.cloud.tls import Leaf
from shared.domain.resources import CloudResource
from shared.products.ack.owners import owner
from shared.products.kit.catalogue import Catalogue
from shared.products.kit.known import Kept, Known

_PRINTS: Final = 4
_UNKNOWN: Final = "sha256:"  #: how the identifier of a certificate begins that CAS does not know


class Remembered:
    """What is known of the Secrets of a cluster."""

    def __init__(self, known: Known, catalogue: Catalogue, cluster: CloudResource) -> None:
        self._known, self._catalogue = known, catalogue
        self._kept = known.within(f"{cluster.instance_id}/{cluster.kind}/")

    def __bool__(self) -> bool:
        return bool(self._kept)

    def __contains__(self, row: CloudResource) -> bool:
        return row.resource_id in self._kept

    def as_before(self, row: CloudResource, item: Fields) -> CloudResource | None:
        """The slot without a look at what the Secret holds; None where that must be read.

        `item` has its metadata at least. `row`: the slot as far as it is told elsewhere.
        """
        kept = self._kept.get(row.resource_id)
        if kept is None:
            return None
        digest, *prints = kept.memo.split()
        if digest != self._digest(item) or not self._still_named(kept, prints):
            return None
        self._known.keep(row.resource_id, kept.memo)
        was = kept.resource
        return row.evolve(
            https=was.https,
            cert_identifier=was.cert_identifier,
            cert_not_after=was.cert_not_after,
            cert_key=was.cert_key,
            domains=was.domains,
            other_names=was.other_names,
            obstacle=owner(item) or was.obstacle,
        )

    def keep(self, row: CloudResource, item: Fields, leaf: Leaf | None) -> None:
        """It was read whole."""
        prints = (leaf.sha1, leaf.sha256, leaf.key_sha1, leaf.key_sha256) if leaf else ()
        self._known.keep(row.resource_id, " ".join((self._digest(item), *prints)))

    def _still_named(self, kept: Kept, prints: list[str]) -> bool:
        """Whether CAS calls its certificate what the row says: it may have got it, or lost it, since.

        `prints`: of the certificate, SHA-1 and SHA-256, and of its key.
        """
        identifier = kept.resource.cert_identifier
        if len(prints) != _PRINTS:
            return not (identifier or prints)
        if known := self._catalogue.by_fingerprint(*prints[:2]):
            return known.identifier == identifier
        if identifier == f"{_UNKNOWN}{prints[1]}":
            return self._catalogue.by_fingerprint(*prints[2:]) is None
        known = self._catalogue.by_identifier(identifier)
        return known is not None and known.fingerprint in prints

    def _digest(self, item: Fields) -> str:
        told = json.dumps([self._known.period, item.part("metadata")], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()
