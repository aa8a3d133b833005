"""Discovered slots and scanned certificates in a state file, as many as it takes; no cloud is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from bench.shares.share import STORE
from cli.session import Session
from shared.domain.certificates import Certificate, CertificateRecord, CertificateSource, CertificateStatus
from shared.domain.resources import CloudProduct, CloudResource, SlotRole, SyncState, SyncStatus
from shared.runtime.settings import read_settings
from shared.services.world import World
from shared.state import sqlite

WIDE: Final = "shop.example.com"  #: of one certificate and its renewals, which cover half of the slots
_RENEWALS: Final = 5
_NOW: Final = datetime.now(timezone.utc).replace(microsecond=0)
_PRODUCTS: Final = (CloudProduct.CDN, CloudProduct.ALB, CloudProduct.OSS, CloudProduct.SAE)


@dataclass(frozen=True, order=True)
class Size:
    slots: int
    certificates: int

    @classmethod
    def parse(cls, text: str) -> "Size":
        """`1000x100`. Raises ValueError."""
        slots, certificates = map(int, text.split("x"))
        return cls(slots, certificates)

    @property
    def rows(self) -> int:
        return self.slots + self.certificates

    def __str__(self) -> str:
        return f"{self.slots}x{self.certificates}"


def world(state: Path) -> World:
    """The use cases on the state. Jobs that they create stay drafts, so nothing is invoked."""
    environment = {
        "CERTDEPLOY_STATE": str(state),
        "CERTDEPLOY_STORES": STORE,
        "CERTDEPLOY_PRODUCTS": ",".join(product.value for product in _PRODUCTS),
        "CERTDEPLOY_AUTO": "draft",
    }
    return Session(read_settings(environment), environment).world()


def fill(state: Path, size: Size) -> None:
    sqlite.SYNCHRONOUS = "OFF"  # nobody pulls the plug of a measurement, and only the processor's time counts
    here = world(state)
    for certificate in _certificates(size.certificates):
        new = certificate.cert_id == size.certificates
        here.certificates.save(CertificateRecord(certificate=certificate, issued_handled=not new))
    for slot in _slots(size):
        here.resources.put(slot, _NOW)
    for product in _PRODUCTS:
        here.syncs.put(SyncStatus(product=product, state=SyncState.SYNCED, started_at=_NOW))


def known(here: World) -> list[Certificate]:
    return [record.certificate for record in here.certificates.list(STORE)]


def widest(here: World, size: Size) -> Certificate:
    """The latest renewal of the one that covers half of the slots."""
    return here.certificates.get(f"{size.certificates}-{STORE}").certificate


def _certificates(count: int) -> Iterator[Certificate]:
    """The wide one and its renewals, the last one the latest; the others for a domain of their own each."""
    for number in range(1, count + 1):
        wide = number > count - _RENEWALS
        domain = WIDE if wide else f"d{number}.example.com"
        yield Certificate(
            cert_id=number,
            store=STORE,
            name=f"cert-{number}",
            source=CertificateSource.UPLOAD,
            status=CertificateStatus.ISSUED,
            names=(domain, f"*.{domain}"),
            algorithm="RSA" if number % 3 or wide else "ECC",
            fingerprint=f"{number:064x}",
            serial=f"{number:x}",
            issuer="Example TLS CA",
            chain=(),
            not_before=_NOW - timedelta(days=1),
            not_after=_NOW + timedelta(days=20, minutes=number),
        )


def _slots(size: Size) -> Iterator[CloudResource]:
    """Every second one under the wide certificate; in turn of each product, a tenth behind routing rules."""
    first_wide, narrow = size.certificates - _RENEWALS + 1, size.certificates - _RENEWALS
    for number in range(size.slots):
        own = number % narrow + 1
        domain = f"s{number}.{WIDE}" if number % 2 else f"s{number}.d{own}.example.com"
        in_place = first_wide if number % 2 else own
        yield _slot(number, domain, f"{in_place}-{STORE}")


def _slot(number: int, domain: str, in_place: str) -> CloudResource:
    product = _PRODUCTS[number % 20 // 5] if number % 20 < 17 else CloudProduct.CDN
    listener = product is CloudProduct.ALB or product is CloudProduct.SAE
    return CloudResource(
        product=product,
        region="cn-hangzhou" if listener else "",
        port=443 if listener else None,
        role=SlotRole.DEFAULT if listener else SlotRole.DOMAIN,
        domains=(domain,),
        domains_of_certificate=product is CloudProduct.ALB,
        cert_identifier=in_place,
        cert_not_after=_NOW + timedelta(days=20),
        endpoint=f"{domain}:443",
        **_named(product, number, domain),
    )


def _named(product: CloudProduct, number: int, domain: str) -> dict[str, str]:
    """As each product names its slots: a row of another form is none."""
    balancer = f"alb-{number % 1000}"
    if product is CloudProduct.ALB:
        listener = f"lsn-{number}"
        return {"resource_id": f"{listener}/default", "listener_id": listener, "instance_id": balancer}
    if product is CloudProduct.SAE:
        return {
            "resource_id": str(number),
            "listener_id": str(number),
            "instance_id": balancer,
            "kind": "alb",
        }
    if product is CloudProduct.OSS:
        bucket = f"bucket-{number}"
        return {"resource_id": f"{bucket}/{domain}", "instance_id": bucket, "location": "cn-hangzhou"}
    return {"resource_id": domain}
