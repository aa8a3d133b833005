"""Lists for people, pages and functions: slots and certificates, as far as they are asked for."""

from collections.abc import Iterable, Sequence

from shared.domain.accounts import OWN
from shared.domain.certificates import STORES, Certificate
from shared.domain.queries import ListCertificates, ListResources
from shared.domain.resources import CloudProduct
from shared.domain.trust import Standing
from shared.domain.values import Wire
from shared.errors import InvalidRequestError, NotFoundError
from shared.products import supported_products
from shared.services.map import MappedSlot, find_certificate, known_certificates, map_slots
from shared.services.selection import NO_REGION, SlotList, select_certificates, select_slots, serves
from shared.services.world import World


class ListedCertificate(Certificate):
    """A certificate, with how widely it is trusted."""

    standing: Standing
    why_not: str | None = None  #: CAS would not deploy it


class CertificateList(Wire):
    certificates: tuple[ListedCertificate, ...]
    left_out: int = 0  #: others, that do not fit


def list_resources(
    world: World, query: ListResources, mapped: Sequence[MappedSlot] | None = None
) -> SlotList:
    """Those of the last discovery, also what is outside the scope, and marked so.

    `mapped`: the slots of all supported products, where the caller has mapped them already.

    Raises:
        InvalidRequestError: an account or a region is not known.
        NotFoundError: the certificate is known neither to CAS nor in place anywhere.
    """
    products = query.products or supported_products()
    check_accounts(world, query.accounts)
    check_regions(world, query.regions, products)
    slots = map_slots(world, products) if mapped is None else mapped
    if query.certificate and not any(serves(slot, query.certificate) for slot in slots):
        _check_known(world, query.certificate)
    return select_slots(slots, query, world.clock())


def list_certificates(
    world: World, query: ListCertificates, in_place: frozenset[str] | None = None
) -> CertificateList:
    """Those of the last scan.

    `in_place`: the identifiers that slots serve, where the caller knows them already.

    Raises:
        InvalidRequestError: a store is not one of CAS's, or an account is not known.
    """
    check_accounts(world, query.accounts)
    if unknown := [store for store in query.stores if store not in STORES]:
        raise InvalidRequestError(f"Stores: {unknown[0]!r} is none of {', '.join(STORES)}")
    known, now = known_certificates(world), world.clock()
    used: frozenset[str] = frozenset()
    if query.unused:
        used = _in_place(world) if in_place is None else in_place
    found = select_certificates(known, query, used, now)
    listed = (
        ListedCertificate(**vars(one), standing=world.standing(one), why_not=one.why_not_deployable(now))
        for one in found
    )
    return CertificateList(certificates=tuple(listed), left_out=len(known) - len(found))


def check_accounts(world: World, accounts: Iterable[str]) -> None:
    """Each is looked after; "-": the own one. Raises InvalidRequestError: one is not."""
    for account in accounts:
        if account == OWN:
            raise InvalidRequestError(f"Accounts: name one by its number; {NO_REGION} for the own one")
        if account != NO_REGION and (why := world.policy.scope.why_not_account(account)):
            raise InvalidRequestError(f"Accounts: {why}")


def check_regions(world: World, regions: Iterable[str], products: Iterable[CloudProduct]) -> None:
    """Each is one of the cloud of one of the products; "-": products without regions.

    Raises:
        InvalidRequestError: one is not.
    """
    for region in regions:
        whys = [world.policy.scope.known_regions(product).why_not(region) for product in products]
        if region != NO_REGION and all(whys):
            raise InvalidRequestError(f"Regions: {whys[0]}")


def _check_known(world: World, certificate: str) -> None:
    """A fingerprint is known where it is in place, of whichever product."""
    if ":" not in certificate:
        find_certificate(world, certificate)
    elif not any(one.startswith(certificate.strip().rstrip("…")) for one in _in_place(world)):
        raise NotFoundError("Certificate", certificate, "it is in place nowhere")


def _in_place(world: World) -> frozenset[str]:
    return frozenset(
        record.resource.cert_identifier
        for product in CloudProduct
        for record in world.resources.list(product)
    )
