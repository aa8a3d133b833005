"""CDN, DCDN, VOD and Live: the same five domains, one of them without HTTPS, one for every name below."""

from __future__ import annotations

from typing import Any

from shared.domain.resources import CloudProduct
from tests.contract.cases import CERTIFICATES, Case, Hindered

_CARRIED = {
    "www.example.com": "old",
    "off.example.com": "",
    ".example.com": "second",
    "shop.example.com": "old",
    "www.example.org": "other",
}


def domains_case(
    product: CloudProduct,
    *,
    pages: str,
    certificate: str,
    writes: str,
    kind: str = "",
    **more: Any,
) -> Case:
    """`pages` and `certificate`: what lists the domains, and what tells the certificate of one.

    `kind`: of the last domain, where the product has more than one.
    """
    rows: list[dict[str, Any]] = [
        {"domain": domain} | ({"certificate": name} if name else {}) for domain, name in _CARRIED.items()
    ]
    if kind:
        rows[-1]["kind"] = kind
    return Case(
        product.value,
        product,
        {"certificates": CERTIFICATES, product.value.lower(): rows},
        dict(_CARRIED),
        slot="www.example.com",
        writes=writes,
        pages=pages,
        reads=(pages, certificate),
        **more,
    )


def hindered(product: CloudProduct, *statuses: str) -> list[Hindered]:
    """A domain in each of `statuses`, beside two that take certificates."""
    named = {f"{status.replace('_', '-')}.example.com": status for status in statuses}
    rows = {**named, "www.example.com": "online", "shop.example.com": "configuring"}
    section = [{"domain": name, "certificate": "old", "status": status} for name, status in rows.items()]
    sentences = {name: f"the domain is {status}; bring it online first" for name, status in named.items()}
    return [Hindered(product, {product.value.lower(): section}, sentences, region="")]
