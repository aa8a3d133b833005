"""What OSS holds: buckets, their custom domains, and how it words them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from hashlib import md5
from typing import Any

from emulator.services.kit.settling import Settling

CREATED = datetime(2025, 3, 1, tzinfo=timezone.utc)
STAMP = "%Y-%m-%dT%H:%M:%S.000Z"
TOKEN_LIVES = timedelta(hours=72)


@dataclass(frozen=True)
class Binding:
    kind: str  #: CAS, Upload
    identifier: str


@dataclass
class Cname:
    domain: str
    status: str
    certificate: Settling[Binding | None]
    modified: datetime = CREATED


@dataclass(frozen=True)
class Object:
    """An object as it was put, whole: there are no versions."""

    content: bytes = field(repr=False)
    content_type: str
    modified: datetime
    own: dict[str, str] = field(default_factory=dict)  #: headers x-oss-meta-…

    @property
    def etag(self) -> str:
        return md5(self.content, usedforsecurity=False).hexdigest().upper()


@dataclass
class Bucket:
    name: str
    region: str
    cnames: dict[str, Cname]  #: by the A-label form of the domain
    objects: dict[str, Object] = field(default_factory=dict)  #: by key
    acl: str = "private"
    created: datetime = CREATED
    tokens: dict[str, datetime] = field(default_factory=dict)  #: when a domain's token ends

    @property
    def host(self) -> str:
        return f"{self.name}.oss-{self.region}.aliyuncs.com"

    def token_words(self, name: str) -> dict[str, str]:
        """What is to stand in the domain's TXT record; the same each time."""
        digits = md5(f"{self.name}/{name}".encode(), usedforsecurity=False).hexdigest()
        ends = format_datetime(self.tokens[name], usegmt=True)
        return {"Bucket": self.name, "Cname": name, "Token": digits, "ExpireTime": ends}


def words(bucket: Bucket) -> dict[str, str]:
    return {
        "Name": bucket.name,
        "Location": f"oss-{bucket.region}",
        "Region": bucket.region,
        "CreationDate": bucket.created.strftime(STAMP),
        "ExtranetEndpoint": f"oss-{bucket.region}.aliyuncs.com",
        "IntranetEndpoint": f"oss-{bucket.region}-internal.aliyuncs.com",
        "StorageClass": "Standard",
        "ResourceGroupId": "rg-default",
    }


def info(bucket: Bucket, account: str) -> dict[str, Any]:
    """`Bucket` of GetBucketInfo: everything that has settings is at its default."""
    return {
        **{name: text for name, text in words(bucket).items() if name != "Region"},
        "Owner": {"ID": account, "DisplayName": account},
        "AccessControlList": {"Grant": bucket.acl},
        "DataRedundancyType": "LRS",
        "AccessMonitor": "Disabled",
        "TransferAcceleration": "Disabled",
        "CrossRegionReplication": "Disabled",
        "BlockPublicAccess": "false",
        "ServerSideEncryptionRule": {"SSEAlgorithm": "None"},
        "BucketPolicy": {"LogBucket": "", "LogPrefix": ""},
    }
