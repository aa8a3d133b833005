"""OSS: buckets of all regions, their custom domains (CNAME), and the certificate of each.

A bucket is reached through its own region only. A new domain is bound when it has a token: nobody here
reads the TXT record that is to hold it. A certificate is changed with `PreviousCertId` (the one in place)
or with `Force`; an uploaded PEM pair is registered in CAS. Codes as documented; EC numbers where the
documentation has them; what is guessed is marked. Objects are in `objects.py`. Not emulated, and told so:
everything else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from emulator.api import ApiError, Call, Raw
from emulator.bundles import Bundle, BundleProblem, a_label, read
from emulator.estate import Estate
from emulator.places import Place
from emulator.request import Request
from emulator.sections.oss import Bucket as BucketRow
from emulator.service import Account
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit.settling import Settling
from emulator.services.oss.model import STAMP, TOKEN_LIVES, Binding, Bucket, Cname, info, words
from emulator.services.oss.objects import Objects
from emulator.services.oss.routes import OF_LISTS, route
from emulator.services.oss.xml import CnameChange, answer, certificate_words, read_change

#: What the caller needs beside oss:PutCname when a certificate comes along.
CERTIFICATE_RIGHTS = (
    "yundun-cert:DescribeSSLCertificatePrivateKey",
    "yundun-cert:DescribeSSLCertificatePublicKeyDetail",
    "yundun-cert:CreateSSLCertificate",
)


class Service(Objects):
    api = "oss"
    version = "2019-05-17"
    style = "OSS"
    ram = "oss"
    ram_names: ClassVar = {
        "GetObjectMeta": "GetObject",
        "HeadObject": "GetObject",
        "ListObjectsV2": "ListObjects",
    }
    hosts = ("oss-{region}.aliyuncs.com",)

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._regions: list[str] = []

    def load(self, estate: Estate) -> None:
        for row in estate.of(BucketRow):
            bucket = Bucket(row.bucket, row.region, {})
            for cname in row.cnames:
                name = cname.certificate
                bound = Binding("CAS", estate.identifier(name)) if name else None
                bucket.cnames[a_label(cname.domain)] = Cname(cname.domain, cname.status, Settling(bound))
            self._buckets[row.bucket] = bucket
        self._regions = sorted({*estate.regions, *(bucket.region for bucket in self._buckets.values())})

    def route(self, request: Request) -> tuple[str, dict[str, Any]]:
        """Raises ApiError 501 for what is not emulated."""
        return route(request)

    @classmethod
    def parameters(cls, api: str, action: str) -> Collection[str]:
        if action == "ListBuckets":
            return OF_LISTS
        if action.endswith(("Object", "ObjectMeta")):
            return ("bucket", "key")
        return {"DescribeRegions": ("regions",), "GetCnameToken": ("bucket", "cname")}.get(
            action, ("bucket",)
        )

    @classmethod
    def rights(cls) -> Collection[str]:
        return [*super().rights(), *CERTIFICATE_RIGHTS]

    def uses(self, identifier: str) -> bool:
        bound = (cname.certificate.value for cname in self._cnames().values())
        return any(found is not None and found.identifier == identifier for found in bound)

    def held(self) -> Iterator[Place]:
        for bucket in self._buckets.values():
            for cname in bucket.cnames.values():
                bound = cname.certificate.value
                in_place = bound.identifier if bound else ""
                yield Place(
                    "OSS", bucket.region, cname.domain, in_place, partial(self._take, cname), bucket.name
                )

    def _take(self, cname: Cname, identifier: str) -> None:
        """From CAS itself."""
        self.cloud.service(Cas).given(identifier)
        now = self.cloud.clock()
        bound = Binding("CAS", identifier)
        cname.certificate.set(bound, now=now, until=now + timedelta(seconds=self.cloud.settle_s))

    def endpoints(self, regions: Collection[str]) -> list[str]:
        return [*super().endpoints(self._regions), *(bucket.host for bucket in self._buckets.values())]

    def slots(self) -> list[tuple[str, str]]:
        """Each custom domain as (address to connect to, server name to ask for)."""
        return [(f"{bucket.host}:443", name) for bucket in self._buckets.values() for name in bucket.cnames]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At the bucket's own host, or at the edge itself, the certificate of a custom domain.

        The bucket's host name has a certificate of the vendor's, which is not emulated.
        """
        buckets = [row for row in self._buckets.values() if host in ("", f"{row.host}:443")]
        if not buckets:
            return None
        found = [row.cnames[name] for row in buckets for name in row.cnames if name == server_name]
        bound = found[0].certificate.served(self.cloud.clock()) if found else None
        row = self.cloud.service(Cas).find(bound.identifier) if bound else None
        if row is None or found[0].status != "Enabled":
            return () if host else None
        return (row.bundle,)

    def ListBuckets(self, call: Call) -> Raw:
        """Buckets of every region, whichever endpoint is asked."""
        prefix, marker = call.params.get("prefix", ""), call.params.get("marker", "")
        size = call.params.get("max-keys", "100")
        if not size.isdecimal() or not 1 <= int(size) <= 1000:
            raise ApiError(400, "InvalidArgument", "max-keys takes 1 to 1000.")
        rows = [
            self._buckets[name] for name in sorted(self._buckets) if name.startswith(prefix) and name > marker
        ]
        page = rows[: int(size)]
        owner = {"ID": self.cloud.account, "DisplayName": self.cloud.account}
        content: dict[str, Any] = {"Owner": owner, "Buckets": {"Bucket": list(map(words, page))}}
        content |= {"Prefix": prefix, "Marker": marker, "MaxKeys": size}
        content["IsTruncated"] = str(len(page) < len(rows)).lower()
        if len(page) < len(rows):
            content["NextMarker"] = page[-1].name
        return answer("ListAllMyBucketsResult", content)

    def DescribeRegions(self, call: Call) -> Raw:
        regions = [call.params["regions"].removeprefix("oss-")] if call.params["regions"] else self._regions
        if not set(regions) <= set(self._regions):
            raise ApiError(404, "NoSuchRegion", "The specified region does not exist.")  # [guess]
        rows = [
            {
                "Region": f"oss-{region}",
                "InternetEndpoint": f"oss-{region}.aliyuncs.com",
                "InternalEndpoint": f"oss-{region}-internal.aliyuncs.com",
                "AccelerateEndpoint": "oss-accelerate.aliyuncs.com",
            }
            for region in regions
        ]
        return answer("RegionInfoList", {"RegionInfo": rows})

    def GetBucketInfo(self, call: Call) -> Raw:
        return answer("BucketInfo", {"Bucket": info(self._bucket(call), self.cloud.account)})

    def GetBucketLocation(self, call: Call) -> Raw:
        return answer("LocationConstraint", f"oss-{self._bucket(call).region}")

    def CreateCnameToken(self, call: Call) -> Raw:
        """A token that is still good is given again."""
        bucket = self._bucket(call)
        name = _label(read_change(call.raw_body).domain)
        now = self.cloud.clock()
        if bucket.tokens.get(name, now) <= now:
            bucket.tokens[name] = now + TOKEN_LIVES
        return answer("CnameToken", bucket.token_words(name))

    def GetCnameToken(self, call: Call) -> Raw:
        bucket, name = self._bucket(call), _label(call.params["cname"])
        if bucket.tokens.get(name, self.cloud.clock()) <= self.cloud.clock():
            raise ApiError(404, "CnameTokenNotFound", "The domain has no token.")  # [guess] the code
        return answer("CnameToken", bucket.token_words(name))

    def DeleteCname(self, call: Call) -> Raw:
        bucket, change = self._bucket(call), read_change(call.raw_body)
        if bucket.cnames.pop(_label(change.domain), None) is None:  # [guess] the code
            raise ApiError(404, "NoSuchCname", "The domain is not bound to this bucket.")
        return Raw(200, b"")

    def ListCname(self, call: Call) -> Raw:
        bucket, cas = self._bucket(call), self.cloud.service(Cas)
        rows = []
        for cname in bucket.cnames.values():
            row: dict[str, Any] = {
                "Domain": cname.domain,
                "LastModified": cname.modified.strftime(STAMP),
                "Status": cname.status,
            }
            bound = cname.certificate.value
            if bound and (found := cas.find(bound.identifier)):
                row["Certificate"] = certificate_words(found.bundle, bound.kind, bound.identifier)
            rows.append(row)
        content = {"Bucket": bucket.name, "Owner": self.cloud.account, "Cname": rows}
        return answer("ListCnameResult", content)

    def PutCname(self, call: Call) -> Raw:
        bucket, change = self._bucket(call), read_change(call.raw_body)
        cname = self._cname(bucket, change.domain)
        if change.configuration is None:
            return Raw(200, b"")
        for right in CERTIFICATE_RIGHTS:
            if self.cloud.denied(right, call):
                raise ApiError(403, "AccessDenied", f"{right} is required for a certificate.")
        self._check_previous(cname, change)
        wanted = None if change.flag("DeleteCertificate") else self._wanted(cname, change)
        now = self.cloud.clock()
        until = now + timedelta(seconds=self.cloud.settle_s)
        cname.certificate.set(wanted, now=now, until=until)
        cname.modified = now
        return Raw(200, b"")

    def _check_previous(self, cname: Cname, change: CnameChange) -> None:
        if change.flag("Force") or change.flag("DeleteCertificate"):
            return
        previous = (change.configuration or {}).get("PreviousCertId")
        if previous is None:  # [guess] the code; that one of both is needed is documented
            raise ApiError(400, "InvalidArgument", "Give PreviousCertId, or Force to replace unseen.")
        bound = cname.certificate.value
        if bound is None or bound.identifier != previous:
            raise ApiError(
                400,
                "InvalidArgument",
                "PreviousCertId is not the certificate in place.",
                EC="0018-00000209",
            )

    def _wanted(self, cname: Cname, change: CnameChange) -> Binding:
        given = change.configuration or {}
        certificate, key, identifier = map(given.get, ("Certificate", "PrivateKey", "CertId"))
        cas = self.cloud.service(Cas)
        if key and not certificate:
            raise ApiError(400, "InvalidArgument", "A private key without certificate.", EC="0018-00000210")
        if identifier:
            row, kind = cas.find(identifier), "CAS"
            if row is None or not row.deployable:  # [guess] the code
                raise ApiError(400, "InvalidArgument", f"CAS has no usable {identifier}.")
            _must_cover(row.bundle, cname.domain)
        else:
            row, kind = self._upload(cname, certificate, key), "Upload"
        return Binding(kind, row.identifier)

    def _upload(self, cname: Cname, certificate: str | None, key: str | None) -> Any:
        if not certificate or not key:
            raise ApiError(400, "InvalidArgument", "Give CertId, or Certificate and PrivateKey.")
        try:
            bundle = read(certificate, key)
        except BundleProblem as problem:
            raise ApiError(400, "InvalidArgument", f"Refused: {problem}.") from None
        _must_cover(bundle, cname.domain)
        name = f"oss-{a_label(cname.domain)[:40]}-{self.cloud.clock().timestamp():.0f}"
        return self.cloud.service(Cas).add(name, "cn-hangzhou", bundle)

    def _cname(self, bucket: Bucket, domain: str) -> Cname:
        """The bound domain, or a new one if a token of it is good.

        The TXT record that is to hold the token is taken as set as soon as there is a token.
        """
        name = _label(domain)
        if name in bucket.cnames:
            return bucket.cnames[name]
        if name in self._cnames():
            raise ApiError(409, "CnameAlreadyExists", "The domain is bound to another bucket.")
        if name in bucket.tokens and self.cloud.clock() < bucket.tokens[name]:
            bucket.cnames[name] = Cname(domain, "Enabled", Settling(None), self.cloud.clock())
            return bucket.cnames[name]
        raise ApiError(403, "NeedVerifyDomainOwnership", "Verify the domain with a DNS record first.")

    def _cnames(self) -> dict[str, Cname]:
        return {name: row for bucket in self._buckets.values() for name, row in bucket.cnames.items()}


def _label(domain: str) -> str:
    try:
        return a_label(domain)
    except UnicodeError:
        raise ApiError(400, "InvalidArgument", "Domain is not a domain name.") from None


def _must_cover(bundle: Bundle, domain: str) -> None:
    if not bundle.covers(domain):  # [guess] the code
        raise ApiError(400, "InvalidArgument", f"The certificate does not cover {domain}.")
