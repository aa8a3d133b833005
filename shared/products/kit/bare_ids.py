"""Certificates that a product names by the bare number of their CAS id, without the store."""

from shared.domain.certificates import STORES, identifier_of, is_bare_id
from shared.products.kit.catalogue import Catalogue


def identifier_in(catalogue: Catalogue, cert_id: str) -> str:
    """`cert_id` itself, or for a bare number the identifier in the store that has it."""
    if not is_bare_id(cert_id):
        return cert_id
    known = (catalogue.by_identifier(identifier_of(cert_id, store)) for store in STORES)
    return next((found.identifier for found in known if found), identifier_of(cert_id))
