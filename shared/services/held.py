"""What CAS holds already of an upload: the very same chain, or the certificate with another one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.cloud.cas import Cas
from shared.domain.ca_names import ca_key
from shared.domain.certificates import Certificate, ChainLink
from shared.errors import CloudDeniedError, CloudRejectedError
from shared.validation.bundles import CertificateBundle, links_of

_ROUNDING: Final = timedelta(seconds=1)  #: ends are told in ms or in seconds
_HASHES: Final = (40, 64)  #: digits of SHA-1 and SHA-256


@dataclass(frozen=True)
class Held:
    """With its key. At most one is set."""

    same: Certificate | None = None  #: the same chain
    other_chain: Certificate | None = None  #: the same certificate with another chain, or alone
    unsure: bool = False  #: of `same`: its chain is not known


def held(cas: Cas, listed: Iterable[Certificate], bundle: CertificateBundle) -> Held:
    """What the list leaves out, such as the chain, is asked for, of those that may be the same.

    Where CAS tells no chain, or that of a lone leaf, the certificate itself is read, with the key that
    the caller has: if that is allowed.
    """
    best = Held()
    for one in listed:
        if not _may_be(one, bundle):
            continue
        found = cas.get_detail(one.cert_id)
        if not (found.has_private_key and _is(found, bundle)):
            continue
        chain = found.chain or _read(cas, found)
        if not chain:
            best = Held(same=found, unsure=True)
        elif _same_chain(chain, bundle):
            return Held(same=found)
        elif best.same is None:
            best = Held(other_chain=found)
    return best


def _may_be(one: Certificate, bundle: CertificateBundle) -> bool:
    """By the fingerprint, where CAS tells one that can be compared: of the certificate, or of its key."""
    if len(one.fingerprint) in _HASHES:
        return one.fingerprint in (bundle.sha1, bundle.sha256, *bundle.key_prints)
    return set(one.names) == set(bundle.names)


def _is(found: Certificate, bundle: CertificateBundle) -> bool:
    """A renewal may keep the key, and a CA of one's own even the serial number; not the dates with them."""
    if not _may_be(found, bundle):
        return False
    if found.fingerprint in (bundle.sha1, bundle.sha256):
        return True
    dates = (found.not_before - bundle.not_before, found.not_after - bundle.not_after)
    return found.serial == bundle.serial and all(abs(apart) <= _ROUNDING for apart in dates)


def _read(cas: Cas, found: Certificate) -> tuple[ChainLink, ...]:
    """Empty if it may not be read."""
    try:
        return links_of(cas.key_pair(found.cert_id).certificate_pem)
    except (CloudDeniedError, CloudRejectedError, ValueError):
        return ()


def _same_chain(told: Iterable[ChainLink], bundle: CertificateBundle) -> bool:
    """A root makes no difference, nor does the order."""
    theirs, ours = _above(told, bundle), _above(bundle.chain, bundle)
    return len(theirs) == len(ours) and all(any(_one(one, other) for other in theirs) for one in ours)


def _above(chain: Iterable[ChainLink], bundle: CertificateBundle) -> list[ChainLink]:
    """The certificates between the leaf and a root."""
    own = _names(bundle.chain[0])
    return [one for one in chain if _names(one) != own and ca_key(one.subject) != ca_key(one.issuer)]


def _one(one: ChainLink, other: ChainLink) -> bool:
    """An issuer may be renewed under its name."""
    ends = (one.not_after, other.not_after)
    apart = ends[0] - ends[1] if ends[0] and ends[1] else timedelta()
    return _names(one) == _names(other) and abs(apart) <= _ROUNDING


def _names(link: ChainLink) -> tuple[str, str]:
    return ca_key(link.subject), ca_key(link.issuer)
