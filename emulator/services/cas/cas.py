"""CAS 2020-04-07: the account's certificates in its stores, and its contacts.

`cas.aliyuncs.com` is the store of the China site (cn-hangzhou), `cas.ap-southeast-1.aliyuncs.com`
that of the International site, `cas.eu-central-1.aliyuncs.com` a third; the other `cas.<region>` hosts
are taken for the second one [guess].
CAS refuses nearly everything with HTTP 400; the codes are documented, where marked guessed.
Its instances, deployment jobs, resources and contacts are in modules of their own.
Not emulated: orders; SM2 certificates are listed only.
"""

from __future__ import annotations

from typing import Any, ClassVar

from emulator.api import Answer, Call
from emulator.bundles import Bundle, BundleProblem, Fault, read, traditional_pem
from emulator.certificates import STORES
from emulator.estate import FIRST_CERTIFICATE_ID, Estate
from emulator.service import Account
from emulator.services.cas import store as cas_store
from emulator.services.cas.contacts import Contacts
from emulator.services.cas.instances import Instances
from emulator.services.cas.jobs import Jobs
from emulator.services.cas.paging import page, part, refused
from emulator.services.cas.sharing import Sharing
from emulator.services.cas.store import CasCertificate

MAX_NAME = 64
MAX_PEM = 64 * 1024  #: [guess]
#: Third-party live tests name the code of an encrypted key and of a key that does not fit the leaf.
UPLOAD_CODES: dict[Fault, str] = {
    "certificate": "CertificateFormatException",
    "key": "PrivateKeyFormatException",
    "encrypted key": "PrivateKeyFormatException",
    "key form": "PrivateKeyFormatException",  # it takes every form
    "mismatch": "NotMatch.CertificateAndPrivateKey",
    "chain": "CertificateChainNotMatch",
}
ORDER_STATUSES = {"ISSUED": "issued", "WILLEXPIRED": "willExpire", "EXPIRED": "expired"}


class Service(Contacts, Instances, Jobs, Sharing):
    api = "cas"
    version = "2020-04-07"
    ram = "yundun-cert"
    ram_names: ClassVar[dict[str, str]] = {"DescribeDeploymentJob": "DescribeDeployment"}
    hosts = ("cas.aliyuncs.com", "cas.{region}.aliyuncs.com")
    limits: ClassVar[dict[str, int]] = {
        "ListUserCertificateOrder": 10,
        "GetUserCertificateDetail": 10,
        "UploadUserCertificate": 10,
        "DeleteUserCertificate": 100,
    }

    switches: ClassVar = {
        "list_serial": (False, True),  #: whether ListCertificates tells the serial number
        "fingerprint": ("certificate", "key"),  #: what FingerPrint is the SHA-1 of: the vendor says either
        "protect_used": (False, True),  #: whether a certificate that is in use cannot be deleted
        "key_form": ("as given", "traditional"),  #: of the private keys that it tells
        "list_details": (True, False),  #: whether it tells CertificateSource, KeySize, ExistPrivateKey
        "chain_leaf": (True, False),  #: whether CertificateChainList begins with the leaf
        "instance_level": (True, False),  #: whether ListInstances tells CertificateType
        "instance_ids": (
            "same",
            "own",
        ),  #: whether lists of certificates name instances as it does
        "shared_id": ("own", "same"),  #: of a certificate that another account has shared
        "shared_shows": (True, False),  #: whether its lists tell it at once
        "chain_names": ("common", "whole"),  #: its names: common names, or whole distinguished names
        "resources": ("synced", "never synced", "late"),  #: its cache of cloud resources; see `resources.py`
        "deployments": ("bought", "free", "none"),  #: how many a deployment job may make; see `jobs.py`
        "job_starts": ("when submitted", "when created"),  #: a client of the real cloud never submits one
        "ended_jobs_tell_resources": (True, False),
        "unmatched_jobs": ("error", "success"),  #: how a job ends that no resource matches
        "worker_list": ("when created", "when submitted"),  #: from when on a job tells its workers
    }

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._certificates: dict[int, CasCertificate] = {}
        self._tokens: dict[str, tuple[str, Answer]] = {}  #: ClientToken -> the upload and its answer
        self._next_id = FIRST_CERTIFICATE_ID

    def load(self, estate: Estate) -> None:
        super().load(estate)
        now = self.cloud.clock()
        for name, row in estate.certificates.items():
            if not row.in_cas:
                continue
            bundle = estate.bundle(name, now)
            kept = bundle if row.private_key else Bundle(bundle.certificate_pem)
            found = CasCertificate(estate.id_of(name), estate.cas_name(name), row.store, row.source, kept)
            found.revoked = row.status == "revoked"
            found.sm2, found.listed, found.instance = row.key == "sm2", row.listed, row.instance
            self._certificates[found.id] = found
        self._next_id = estate.first_certificate_id + 1009 * len(estate.certificates)

    def find(self, identifier: str) -> CasCertificate | None:
        """By `<id>-<store>`, the form that products take. A bare id names nothing."""
        number, _, store = identifier.partition("-")
        row = self._certificates.get(int(number)) if number.isdecimal() else None
        return row if row is not None and row.store == store else None

    def given(self, identifier: str) -> CasCertificate:
        """What a deployment job hands to a product. Raises ApiError."""
        row = self.find(identifier)
        if row is None or not row.deployable:
            raise refused(
                "NotFound", f"The certificate {identifier} does not exist, or CAS has no key of it."
            )
        return row

    def of_bundle(self, bundle: Bundle | None) -> str:
        """The identifier of the certificate that is this one; "" for none."""
        rows = (row for row in self._certificates.values() if bundle and row.bundle.sha256 == bundle.sha256)
        return next((row.identifier for row in rows), "")

    def deployable(self) -> list[CasCertificate]:
        return [row for row in self._certificates.values() if row.deployable]

    def by_id(self, certificate_id: int, store: str) -> CasCertificate | None:
        return self.find(f"{certificate_id}-{store}")

    def rows(self) -> list[CasCertificate]:
        return list(self._certificates.values())

    def is_free(self, certificate_id: int) -> bool:
        return certificate_id not in self._certificates

    def new_id(self) -> int:
        self._next_id += 1009
        return self._next_id - 1009

    def keep_row(self, row: CasCertificate) -> None:
        self._certificates[row.id] = row

    def row_of(self, call: Call, name: str) -> CasCertificate:
        return self._one(call, name)

    def add(self, name: str, store: str, bundle: Bundle) -> CasCertificate:
        """Keep an uploaded certificate; also for products that register uploads in CAS."""
        row = CasCertificate(self._next_id, name, store, "UPLOAD", bundle)
        self._certificates[row.id] = row
        self._next_id += 1009
        return row

    def ListCertificates(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        rows = [
            row
            for row in self.stored(call)
            if row.listed
            and params.get("CertificateSource") in (None, row.source)
            and params.get("CertificateStatus") in (None, row.status(now))
            and params.get("InstanceId") in (None, row.instance_id)
            and row.matches(params.get("Keyword", ""))
        ]
        return page(rows, params, 10) | {
            "CertificateList": [self._listed(row) for row in part(rows, params, 10)]
        }

    def ListUserCertificateOrder(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        kind, status = params.get("OrderType", "CPACK"), params.get("Status", "")
        sources = {
            "CERT": {"UPLOAD", "BUY", "TEST"},
            "UPLOAD": {"UPLOAD"},
            "BUY": {"BUY"},
            "CPACK": {"TEST"},  # [guess] test certificates come out of a package
        }.get(kind)
        if sources is None:
            raise refused("InvalidParameter", "OrderType is one of CPACK, BUY, UPLOAD, CERT.")
        certificates = kind in ("CERT", "UPLOAD")
        if certificates:
            wanted = {ORDER_STATUSES.get(status)} if status else {"issued", "willExpire"}
        else:
            wanted = {ORDER_STATUSES.get(status, status.lower())} if status else set()
        rows = [
            row
            for row in self.stored(call)
            if row.source in sources
            and (not wanted or row.status(now) in wanted)
            and row.matches(params.get("Keyword", ""))
        ]
        item = cas_store.order_item if certificates else cas_store.purchase_item
        return page(rows, params, 50) | {
            "CertificateOrderList": [item(row, now) for row in part(rows, params, 50)]
        }

    def GetUserCertificateDetail(self, call: Call) -> Answer:
        row = self._one(call, "CertId")
        answer = cas_store.user_detail(
            row, self.cloud.clock(), with_pem=not call.params.get("CertFilter", False)
        )
        if "Key" in answer and self.behaviour["key_form"] == "traditional":
            answer["Key"] = traditional_pem(answer["Key"])
        return answer

    def GetCertificateDetail(self, call: Call) -> Answer:
        row, now = self._one(call, "CertificateId"), self.cloud.clock()
        leaf, names = bool(self.behaviour["chain_leaf"]), str(self.behaviour["chain_names"])
        company = cas_store.company_id(row)
        return {
            **self._item(row),
            **({"CompanyId": company} if company else {}),
            "Serial": row.bundle.serial,
            "CertificateChainList": cas_store.chain_list(row, now, leaf=leaf, names=names),
            "Tags": [{"TagKey": key, "TagValue": value} for key, value in row.tags],
        }

    def UploadUserCertificate(self, call: Call) -> Answer:
        params, store, token = call.params, self._store(call), call.params.get("ClientToken")
        change = repr(sorted(params.items()))
        if token in self._tokens:  # [guess] as the load balancers do
            before, answer = self._tokens[token]
            if before != change:
                raise refused("IdempotentParameterMismatch", "The token was for another request.")
            return answer
        name, cert, key = params["Name"], params.get("Cert", ""), params.get("Key", "")
        if not 1 <= len(name) <= MAX_NAME or max(len(cert), len(key)) > MAX_PEM:
            raise refused("DataTooLongException", f"Name takes 1 to {MAX_NAME} characters.")
        if not cert or not key:
            raise refused("MissingParameter", "Cert and Key are required; SM2 is not emulated.")
        if any(row.name == name for row in self.stored(call)):
            raise refused("NameRepeat", "The certificate name already exists.")
        try:
            bundle = read(cert, key)
        except BundleProblem as problem:
            raise refused(UPLOAD_CODES[problem.fault], f"Refused: {problem}.") from None
        if bundle.not_after <= self.cloud.clock():
            raise refused("CertificateExpired", "The certificate has expired.")
        row = self.add(name, store, bundle)
        row.tags = tuple((tag["Key"], tag.get("Value", "")) for tag in params.get("Tags", []))
        answer = {"CertId": row.id, "ResourceId": row.instance_id}
        if token:
            self._tokens[token] = change, answer
        return answer

    def DeleteUserCertificate(self, call: Call) -> Answer:
        row = self._one(call, "CertId")
        if row.source != "UPLOAD" and row.status(self.cloud.clock()) != "expired":
            raise refused("InvalidStatus.DeleteProtection", "Only uploaded or expired certificates go.")
        if self.behaviour["protect_used"] and (using := self.using(row)):
            # Documented code; that a use protects a certificate is not, hence the switch.
            raise refused("InvalidStatus.DeleteProtection", f"In use by {', '.join(using)}.")
        del self._certificates[row.id]
        return {}

    def _listed(self, row: CasCertificate) -> dict[str, Any]:
        item = self._item(row)
        if self.behaviour["list_serial"]:
            item["Serial"] = row.bundle.serial
        if not self.behaviour["list_details"]:
            for name in ("CertificateSource", "KeySize", "ExistPrivateKey"):
                del item[name]
        return item

    def _item(self, row: CasCertificate) -> dict[str, Any]:
        item = cas_store.list_item(row, self.cloud.clock(), self.using(row))
        return item | ({"FingerPrint": row.bundle.key_sha1} if self.behaviour["fingerprint"] == "key" else {})

    def _store(self, call: Call) -> str:
        if call.region in STORES:
            return call.region
        return STORES[0] if not call.region or call.region.startswith("cn-") else STORES[1]

    def stored(self, call: Call) -> list[CasCertificate]:
        """Newest first [guess]."""
        store = self._store(call)
        return [row for row in reversed(self._certificates.values()) if row.store == store]

    def _one(self, call: Call, name: str) -> CasCertificate:
        row = self.by_id(call.params[name], self._store(call))
        if row is None:
            raise refused("NotFound", f"The certificate {call.params[name]} does not exist.")
        return row

    def using(self, row: CasCertificate) -> list[str]:
        """The products where the certificate is bound."""
        return [name.upper() for name, one in self.cloud.services.items() if one.uses(row.identifier)]
