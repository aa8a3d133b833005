"""Upload certificates to CAS, and export them for another account."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.cloud.cas import KeyPair
from shared.domain.certificates import Certificate, cert_id_of
from shared.domain.values import Wire
from shared.errors import CloudRejectedError, CloudUnavailableError, InvalidRequestError, NotFoundError
from shared.services.held import Held, held
from shared.services.levels import remember
from shared.services.world import World
from shared.validation.bundles import CertificateBundle, read_bundle
from shared.validation.names import MAX_NAME
from shared.validation.secret import SecretPem

_BESIDE: Final = "CAS has this certificate as {} ({}) with another chain or none; this one is added beside it"
_UNSURE: Final = (
    "with which chain CAS holds it is not known (that takes yundun-cert:GetUserCertificateDetail);"
    " if that chain is incomplete, delete it there first"
)


class Uploaded(Wire):
    cert_id: int
    cert_identifier: str
    name: str  #: in CAS; not the requested name if the certificate was already there
    already_there: bool  #: the very same chain; not uploaded again
    names: tuple[str, ...]
    not_after: datetime
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    cert_identifier: str
    pair: KeyPair = field(repr=False)


def upload_certificate(
    world: World, name: str | None, certificate: str, key: SecretPem, store: str = ""
) -> Uploaded:
    """Add a certificate with its chain to CAS once, however often this is called.

    `name`: None for one made of the certificate's names and its end. `store`: within its account; default,
    the first one of the own account.

    Raises:
        InvalidRequestError: all problems of certificate, key, name and store; nothing was sent.
        CloudRejectedError: CAS refused it.
        CloudUnavailableError: it may have been added; it is safe to call this again.
    """
    bundle, store = _checked(world, name, certificate, key, store)
    cas = world.cas(store)
    listed = cas.list_certificates()
    there = held(cas, listed, bundle)
    if there.same:
        notes = [_UNSURE] if there.unsure else []
        remember(world, f"{there.same.cert_id}-{store}", bundle)
        return _uploaded(there.same.cert_id, there.same.name, store, bundle, notes, already_there=True)
    if name is None:
        name = _free_name(bundle, listed)
    if taken := next((other for other in listed if other.name == name), None):
        raise InvalidRequestError(f"name: {name} is the name of {_which(taken, there)}; choose another")
    other = there.other_chain
    notes = [_BESIDE.format(other.name, other.identifier)] if other else []
    try:
        cert_id = cas.upload(name, bundle.certificate_pem, bundle.key)
    except CloudUnavailableError:  # the response is lost, but the certificate may be there
        known = {one.cert_id for one in listed}
        new = [one for one in cas.list_certificates() if one.cert_id not in known and one.name == name]
        if not new:
            raise
        cert_id = new[0].cert_id
    remember(world, f"{cert_id}-{store}", bundle, name)
    return _uploaded(cert_id, name, store, bundle, notes, already_there=False)


def export_certificate(world: World, text: str) -> Exported:
    """The chain with its private key. `text`: an id in any configured store, or an identifier.

    Raises:
        NotFoundError: it is in no configured store.
        CloudRejectedError: CAS does not hold its private key, or it is an SM2 certificate.
    """
    cert_id, _, given = text.strip().partition("-")
    if cert_id_of(cert_id) is None or (given and given not in world.policy.homes):
        known = ", ".join(world.policy.homes)
        raise InvalidRequestError(
            f"{text!r}: not an id such as 10741304 in one of the configured stores ({known})"
        )
    for store in [given] if given else world.policy.stores:
        try:
            return Exported(f"{cert_id}-{store}", world.cas(store).key_pair(int(cert_id)))
        except CloudRejectedError as error:
            if not error.cloud_code.startswith("NotFound"):
                raise
    raise NotFoundError("Certificate", text.strip())


def _checked(
    world: World, name: str | None, certificate: str, key: SecretPem, store: str
) -> tuple[CertificateBundle, str]:
    problems = []
    if store and store not in world.policy.homes:
        problems.append(f"store: {store} is not a configured store ({', '.join(world.policy.homes)})")
    try:
        bundle = read_bundle(certificate, key, now=world.clock(), name=name)
    except InvalidRequestError as error:
        raise InvalidRequestError("; ".join([str(error), *problems])) from None
    if problems:
        raise InvalidRequestError("; ".join(problems))
    return bundle, store or world.policy.stores[0]


def _free_name(bundle: CertificateBundle, listed: list[Certificate]) -> str:
    """Such as `any.example.com-2026-11-30`; with a number if CAS has that name."""
    taken = {one.name for one in listed}
    end = f"-{bundle.not_after:%Y-%m-%d}"
    stem = bundle.names[0].replace("*", "any")[: MAX_NAME - len(end) - 4] + end
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if name not in taken)


def _which(taken: Certificate, there: Held) -> str:
    same = there.other_chain is not None and there.other_chain.cert_id == taken.cert_id
    what = "the same certificate with another chain" if same else "another certificate"
    return f"{what} ({taken.identifier})"


def _uploaded(
    cert_id: int, name: str, store: str, bundle: CertificateBundle, notes: list[str], *, already_there: bool
) -> Uploaded:
    return Uploaded(
        cert_id=cert_id,
        cert_identifier=f"{cert_id}-{store}",
        name=name,
        already_there=already_there,
        names=bundle.names,
        not_after=bundle.not_after,
        notes=(*bundle.notes, *notes),
    )
