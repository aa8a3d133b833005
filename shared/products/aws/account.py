"""What AWS has in one region that bears on certificates: those of ACM and IAM, listeners, distributions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from cryptography import x509

from shared.cloud import tls
from shared.cloud.aws import HOME, Answer, Aws
from shared.cloud.reading import Fields
from shared.products.kit.fingerprints import leaf_of
from shared.products.kit.found import LASTING, Unread
from shared.validation.parsed import first_certificate_of

#: Without these the list leaves out ECC and large RSA keys.
ALL_KEYS: Final = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)
_TLS: Final = ("HTTPS", "TLS")


@dataclass(frozen=True)
class Leaf:
    """A certificate in place, as far as it is public."""

    pem: str

    @cached_property
    def read(self) -> tls.Leaf | None:
        """None if it is not readable."""
        return leaf_of(self.pem)

    @property
    def names(self) -> tuple[str, ...]:
        return self.read.names if self.read else ()

    @property
    def other_names(self) -> tuple[str, ...]:
        return self.read.other_names if self.read else ()

    @property
    def not_after(self) -> datetime | None:
        return self.read.not_after if self.read else None

    @property
    def key(self) -> str:
        """Kind and size of its key, in CAS's words; "" if it is not readable."""
        return self.read.key if self.read else ""

    @cached_property
    def parsed(self) -> x509.Certificate:
        return first_certificate_of(self.pem)


@dataclass(frozen=True)
class Listener:
    """A TLS listener with its certificates, the default one first."""

    arn: str
    port: int
    balancer: Answer = field(repr=False)
    arns: tuple[str, ...] = ()

    @property
    def endpoint(self) -> str:
        """Where TLS clients meet it; "" if only from within the network."""
        public, name = self.balancer.text("Scheme") != "internal", self.balancer.text("DNSName")
        return f"{name}:{self.port}".lower() if public and name else ""

    @property
    def name(self) -> str:
        """Of the load balancer."""
        return self.balancer.text("LoadBalancerName")


class Region:
    """One region while it is looked at: what was read once is not read again."""

    def __init__(self, aws: Aws, name: str, page_size: int) -> None:
        self.aws, self.name, self._page_size = aws, name, page_size
        self._leaves: dict[str, Leaf] = {}

    @cached_property
    def imported(self) -> dict[str, Answer]:
        """The certificates that someone imported into ACM, by ARN; others AWS renews by itself."""
        pages = self._pages("ListCertificates", Includes={"keyTypes": ALL_KEYS})
        rows = [row for page in pages for row in page.rows("CertificateSummaryList")]
        by_arn = {row.needed("CertificateArn"): row for row in rows}
        return {arn: row for arn, row in by_arn.items() if (row.text("Type") or self.kind(arn)) == "IMPORTED"}

    def is_imported(self, arn: str) -> bool:
        """For one certificate the list need not be read, which may have many pages."""
        if "imported" in self.__dict__:
            return arn in self.imported
        return ":server-certificate/" not in arn and self.kind(arn) == "IMPORTED"

    def kind(self, arn: str) -> str:
        """ACM's word for where a certificate came from: IMPORTED, AMAZON_ISSUED, PRIVATE."""
        return self._described(arn).needed("Type")

    def used_by(self, arn: str) -> str:
        """The first thing of AWS that has it, whatever service it is of; "" for nothing."""
        return next(iter(self._described(arn).texts("InUseBy")), "")

    def _described(self, arn: str) -> Answer:
        return self.aws.call("DescribeCertificate", self.name, CertificateArn=arn).part("Certificate")

    @cached_property
    def listeners(self) -> tuple[Listener | Unread, ...]:
        """Those of all load balancers; one of these that cannot be read hides no other."""
        return tuple(self._listeners())

    def _listeners(self) -> Iterator[Listener | Unread]:
        try:
            rows = [
                row for page in self._pages("DescribeLoadBalancers") for row in page.rows("LoadBalancers")
            ]
        except LASTING as error:
            yield Unread("the load balancers", error)
            return
        for balancer in rows:
            try:
                yield from list(self._of(balancer))
            except LASTING as error:
                yield Unread(str(balancer.get("LoadBalancerName") or "a load balancer"), error)

    @cached_property
    def distributions(self) -> tuple[Answer | Unread, ...]:
        """CloudFront's, which are at home in one region only."""
        if self.name != HOME:
            return ()
        pages = self._pages("ListDistributions")
        try:
            return tuple(row for page in pages for row in page.part("DistributionList").rows("Items"))
        except LASTING as error:
            return (Unread("the distributions", error),)

    def leaf(self, arn: str) -> Leaf:
        """The certificate behind an ARN of ACM, or of IAM as older listeners have it."""
        if arn not in self._leaves:
            if ":server-certificate/" in arn:
                answer = self.aws.call(
                    "GetServerCertificate", HOME, ServerCertificateName=arn.rpartition("/")[2]
                )
                pem = answer.part("ServerCertificate").needed("CertificateBody")
            else:
                answer = self.aws.call("GetCertificate", self.name, CertificateArn=arn)
                pem = answer.needed("Certificate")
            self._leaves[arn] = Leaf(pem)
        return self._leaves[arn]

    def _of(self, balancer: Answer) -> Iterator[Listener]:
        if balancer.text("Type") == "gateway":  # which ends no TLS
            return
        arn = balancer.needed("LoadBalancerArn")
        for page in self._pages("DescribeListeners", LoadBalancerArn=arn):
            for row in page.rows("Listeners"):
                if row.text("Protocol") in _TLS and row.rows("Certificates"):
                    listener, default = row.needed("ListenerArn"), default_of(row)
                    arns = (default, *self.additional(listener, default))
                    yield Listener(listener, row.number("Port") or 0, balancer, arns)

    def _pages(self, action: str, /, **params: Any) -> Iterator[Answer]:
        return self.aws.pages(action, self.name, self._page_size, **params)

    def additional(self, listener_arn: str, default: str) -> list[str]:
        """Those that SNI chooses from. The list may hold the default one too, even twice."""
        pages = self._pages("DescribeListenerCertificates", ListenerArn=listener_arn)
        rows = [row.needed("CertificateArn") for page in pages for row in page.rows("Certificates")]
        return [arn for arn in dict.fromkeys(rows) if arn != default]


def default_of(row: Answer) -> str:
    """The ARN of a listener's default certificate."""
    first = next(iter(row.rows("Certificates")), Fields(source=row.source.below("Certificates")))
    return first.needed("CertificateArn")
