"""Upload certificates to CAS, and export them for another account."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.cloud.cas import Cas, KeyPair
from shared.domain.certificates import Certificate, cert_id_of
from shared.domain.values import Wire
from shared.errors import CloudRejectedError, CloudUnavailableError, InvalidRequestError, NotFoundError
from shared.services.world import World
from shared.validation.bundles import CertificateBundle, read_bundle
from shared.validation.secret import SecretPem


class Uploaded(Wire):
    cert_id: int
    cert_identifier: str
    name: str  #: in CAS; not the requested name if the certificate was already there
    already_there: bool  #: recognised by its fingerprint; not uploaded again
    names: tuple[str, ...]
    not_after: datetime
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    cert_identifier: str
    pair: KeyPair = field(repr=False)


def upload_certificate(
    world: World, name: str, certificate: str, key: SecretPem, store: str = ""
) -> Uploaded:
    """Add a certificate to CAS once, however often this is called. `store`: default, the first one.

    Raises:
        InvalidRequestError: all problems of certificate, key, name and store; nothing was sent.
        CloudRejectedError: CAS refused it.
        CloudUnavailableError: it may have been added; it is safe to call this again.
    """
    bundle, store = _checked(world, name, certificate, key, store)
    cas = world.cas(store)
    listed = cas.list_certificates()
    if existing := _same(cas, listed, bundle):
        return _uploaded(existing.cert_id, existing.name, store, bundle, already_there=True)
    if taken := next((other for other in listed if other.name == name), None):
        raise InvalidRequestError(
            f"name: {name} is the name of another certificate ({taken.identifier}); choose another"
        )
    try:
        cert_id = cas.upload(name, bundle.certificate_pem, bundle.key)
    except CloudUnavailableError:  # the response is lost, but the certificate may be there
        if (existing := _same(cas, cas.list_certificates(), bundle)) is None:
            raise
        cert_id = existing.cert_id
    return _uploaded(cert_id, name, store, bundle, already_there=False)


def export_certificate(world: World, text: str) -> Exported:
    """The chain with its private key. `text`: an id in any configured store, or an identifier.

    Raises:
        NotFoundError: it is in no configured store.
        CloudRejectedError: CAS does not hold its private key, or it is an SM2 certificate.
    """
    cert_id, _, given = text.strip().partition("-")
    if cert_id_of(cert_id) is None or (given and given not in world.policy.stores):
        known = ", ".join(world.policy.stores)
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
    world: World, name: str, certificate: str, key: SecretPem, store: str
) -> tuple[CertificateBundle, str]:
    problems = []
    if store and store not in world.policy.stores:
        problems.append(f"store: {store} is not a configured store ({', '.join(world.policy.stores)})")
    try:
        bundle = read_bundle(certificate, key, now=world.clock(), name=name)
    except InvalidRequestError as error:
        raise InvalidRequestError("; ".join([str(error), *problems])) from None
    if problems:
        raise InvalidRequestError("; ".join(problems))
    return bundle, store or world.policy.stores[0]


def _same(cas: Cas, listed: list[Certificate], bundle: CertificateBundle) -> Certificate | None:
    """The same certificate in CAS, with its key; by serial and names if CAS reports another fingerprint.

    What the list leaves out is asked for, of those with the same names.
    """
    prints = (bundle.sha1, bundle.sha256)
    for one in listed:
        found, alike = one, set(one.names) == set(bundle.names)
        by_print = one.fingerprint in prints
        if (by_print and one.has_private_key is None) or (alike and not by_print and not one.serial):
            found = cas.get_detail(one.cert_id)
        same = found.fingerprint in prints or (alike and found.serial == bundle.serial)
        if same and found.has_private_key:
            return found
    return None


def _uploaded(
    cert_id: int, name: str, store: str, bundle: CertificateBundle, *, already_there: bool
) -> Uploaded:
    return Uploaded(
        cert_id=cert_id,
        cert_identifier=f"{cert_id}-{store}",
        name=name,
        already_there=already_there,
        names=bundle.names,
        not_after=bundle.not_after,
        notes=bundle.notes,
    )
