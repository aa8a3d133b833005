"""What AWS has in one region that bears on certificates: those of ACM and IAM, listeners, distributions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from shared.cloud.aws import HOME, Answer, Aws
from shared.cloud.tls import names_of
from shared.products.kit.fingerprints import fingerprints

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
    def fingerprints(self) -> tuple[str, ...]:
        return fingerprints(self.pem)

    @cached_property
    def names(self) -> tuple[str, ...]:
        try:
            return names_of(self.parsed)
        except (ValueError, UnsupportedAlgorithm):
            return ()

    @cached_property
    def parsed(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.pem.encode())


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
        public = self.balancer.get("Scheme") != "internal"
        return f"{self.balancer['DNSName']}:{self.port}".lower() if public else ""


class Region:
    """One region while it is looked at: what was read once is not read again."""

    def __init__(self, aws: Aws, name: str, page_size: int) -> None:
        self.aws, self.name, self._page_size = aws, name, page_size
        self._leaves: dict[str, Leaf] = {}

    def anew(self) -> "Region":
        """The same, of which nothing is read yet."""
        return Region(self.aws, self.name, self._page_size)

    @cached_property
    def imported(self) -> dict[str, Answer]:
        """The certificates that someone imported into ACM, by ARN; others AWS renews by itself."""
        pages = self._pages("ListCertificates", Includes={"keyTypes": ALL_KEYS})
        rows = [row for page in pages for row in page["CertificateSummaryList"]]
        return {row["CertificateArn"]: row for row in rows if row.get("Type") == "IMPORTED"}

    def is_imported(self, arn: str) -> bool:
        """For one certificate the list need not be read, which may have many pages."""
        if "imported" in self.__dict__:
            return arn in self.imported
        return ":server-certificate/" not in arn and self.kind(arn) == "IMPORTED"

    def kind(self, arn: str) -> str:
        """ACM's word for where a certificate came from: IMPORTED, AMAZON_ISSUED, PRIVATE."""
        answer = self.aws.call("DescribeCertificate", self.name, CertificateArn=arn)
        return str(answer["Certificate"]["Type"])

    @cached_property
    def listeners(self) -> tuple[Listener, ...]:
        balancers = self._pages("DescribeLoadBalancers")
        return tuple(
            found
            for page in balancers
            for balancer in page["LoadBalancers"]
            if balancer.get("Type") in ("application", "network")
            for found in self._of(balancer)
        )

    @cached_property
    def distributions(self) -> tuple[Answer, ...]:
        """CloudFront's, which are at home in one region only."""
        if self.name != HOME:
            return ()
        pages = self._pages("ListDistributions")
        return tuple(row for page in pages for row in page["DistributionList"].get("Items") or ())

    def leaf(self, arn: str) -> Leaf:
        """The certificate behind an ARN of ACM, or of IAM as older listeners have it."""
        if arn not in self._leaves:
            if ":server-certificate/" in arn:
                answer = self.aws.call(
                    "GetServerCertificate", HOME, ServerCertificateName=arn.rpartition("/")[2]
                )
                pem = answer["ServerCertificate"]["CertificateBody"]
            else:
                pem = self.aws.call("GetCertificate", self.name, CertificateArn=arn)["Certificate"]
            self._leaves[arn] = Leaf(pem)
        return self._leaves[arn]

    def _of(self, balancer: Answer) -> Iterator[Listener]:
        arn = balancer["LoadBalancerArn"]
        for page in self._pages("DescribeListeners", LoadBalancerArn=arn):
            for row in page["Listeners"]:
                if row.get("Protocol") in _TLS and row.get("Certificates"):
                    default = row["Certificates"][0]["CertificateArn"]
                    arns = (default, *self.additional(row["ListenerArn"], default))
                    yield Listener(row["ListenerArn"], row["Port"], balancer, arns)

    def _pages(self, action: str, /, **params: Any) -> Iterator[Answer]:
        return self.aws.pages(action, self.name, self._page_size, **params)

    def additional(self, listener_arn: str, default: str) -> list[str]:
        """Those that SNI chooses from. The list may hold the default one too, even twice."""
        pages = self._pages("DescribeListenerCertificates", ListenerArn=listener_arn)
        rows = [row["CertificateArn"] for page in pages for row in page["Certificates"]]
        return [arn for arn in dict.fromkeys(rows) if arn != default]
