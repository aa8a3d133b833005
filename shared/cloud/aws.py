"""AWS through boto3, which is imported at the first call, so it costs nothing without AWS.

`CERTDEPLOY_AWS_REGIONS`: the regions (default us-east-1, where CloudFront's certificates are);
`CERTDEPLOY_AWS_ROLE_ARN`: the role to assume; `CERTDEPLOY_AWS_ENDPOINT`: an emulator instead of AWS.
`CERTDEPLOY_AWS_KEY`: where the key is, `kms:NAME` or `file:PATH`, as JSON: {"AccessKeyId": …,
"SecretAccessKey": …}. Without it, keys come from boto3's own chain: AWS_ACCESS_KEY_ID etc., a profile, the
machine's role.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, Final

from pydantic import SecretStr

from shared.cloud.aws_unknown import note_unknown
from shared.cloud.faults import NotSentError, classify
from shared.cloud.reading import Fields, Source
from shared.cloud.redact import redact
from shared.domain.regions import AWS, Regions, shown
from shared.errors import (
    CloudBusyError,
    CloudCredentialsError,
    CloudError,
    CloudRejectedError,
    CloudUnavailableError,
    SettingsError,
    UnreadableAnswerError,
)
from shared.validation.addresses import endpoint_problem
from shared.validation.secret_names import named, secret_name_problem

Answer = Fields
NAMES_NONE: Final = "names none; name some, separated by commas, or unset it"
HOME: Final = "us-east-1"  #: the region of global services: CloudFront, IAM
#: Every action that the adapter calls, with its service in boto3's spelling.
ACTIONS: Final = {
    "ListCertificates": "acm",
    "DescribeCertificate": "acm",
    "GetCertificate": "acm",
    "ImportCertificate": "acm",
    "DeleteCertificate": "acm",
    "DescribeLoadBalancers": "elbv2",
    "DescribeListeners": "elbv2",
    "DescribeListenerCertificates": "elbv2",
    "ModifyListener": "elbv2",
    "AddListenerCertificates": "elbv2",
    "RemoveListenerCertificates": "elbv2",
    "ListDistributions": "cloudfront",
    "GetDistribution": "cloudfront",
    "UpdateDistribution": "cloudfront",
    "GetServerCertificate": "iam",
}
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::\d+:role/\S+")
_WRITES: Final = ("Import", "Delete", "Modify", "Add", "Remove", "Update")
_GLOBAL: Final = ("cloudfront", "iam")
_BUSY: Final = ("preconditionfailed", "invalidifmatchversion", "conflictexception", "requestinprogress")
_CREDENTIALS: Final = ("invalidclienttokenid", "unrecognizedclient", "expiredtoken", "invalidsignature")


@dataclass(frozen=True)
class CloudAccess:
    """How to reach another cloud. Contains no keys; `key` names the secret that does, "" for none."""

    regions: tuple[str, ...] = (HOME,)
    role_arn: str = ""
    endpoint: str = ""
    key: str = ""

    @classmethod
    def of(cls, environ: Mapping[str, str], more_regions: tuple[str, ...] = ()) -> "CloudAccess":
        """`more_regions`: known beside those of this version.

        Raises SettingsError naming every invalid variable.
        """
        listed = environ.get("CERTDEPLOY_AWS_REGIONS", "").replace(" ", "").split(",")
        regions = tuple(dict.fromkeys(filter(None, listed))) or (HOME,)
        others = ("ROLE_ARN", "ENDPOINT", "KEY")
        role, endpoint, key = (environ.get(f"CERTDEPLOY_AWS_{name}", "") for name in others)
        none = environ.get("CERTDEPLOY_AWS_REGIONS") and not any(listed)
        known = Regions(AWS, more_regions)
        arn = "arn:aws:iam::ACCOUNT:role/NAME"
        problems = {
            "REGIONS": NAMES_NONE if none else "; ".join(filter(None, map(known.why_not, regions))),
            "ROLE_ARN": "" if not role or _ROLE.fullmatch(role) else arn,
            "ENDPOINT": endpoint and endpoint_problem(endpoint),
            "KEY": key and (secret_name_problem(key) or ("" if named(key) else "kms:NAME or file:PATH")),
        }
        wrong = [f"CERTDEPLOY_AWS_{name}: {problem}" for name, problem in problems.items() if problem]
        if wrong:
            raise SettingsError("; ".join(wrong))
        return cls(regions, role, endpoint.rstrip("/"), key)


DEFAULT_ACCESS: Final = CloudAccess()


class Aws:
    """Calls one account. Thread-safe. Errors as in `OpenApi.call`."""

    def __init__(
        self, access: CloudAccess, secret: Callable[[SecretStr], SecretStr] = lambda named: named
    ) -> None:
        """`secret`: what `access.key` names, looked up at the first call."""
        self.access, self._secret = access, secret
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._session: Any = None
        self._lock = Lock()

    def call(self, action: str, region: str, /, **params: Any) -> Answer:
        """Call one of ACTIONS. A write is sent once; after a lost response the caller checks the outcome."""
        with _ours(action):
            client = self._client(action, region)
            answer: dict[str, Any] = getattr(client, _method(action))(**params)
        return _read(action, answer)

    def pages(self, action: str, region: str, page_size: int, /, **params: Any) -> Iterator[Answer]:
        """All pages of a list; complete, or it raises."""
        with _ours(action):
            paginator = self._client(action, region).get_paginator(_method(action))
            for page in paginator.paginate(PaginationConfig={"PageSize": page_size}, **params):
                yield _read(action, page)

    def _client(self, action: str, region: str) -> Any:
        service, writes = ACTIONS[action], action.startswith(_WRITES)
        if service in _GLOBAL:
            region = HOME
        elif region not in self.access.regions:
            why = f"{shown(region)} is none of CERTDEPLOY_AWS_REGIONS"
            raise CloudRejectedError(action, "UnknownRegion", why)
        key = (service, region, writes)
        with self._lock:  # sessions are not thread-safe, clients are
            if self._session is None:
                self._session = self._made_session()
            if key not in self._clients:
                self._clients[key] = self._made(self._session, *key)
            return self._clients[key]

    def _made_session(self) -> Any:
        import boto3

        logging.getLogger("botocore").setLevel(
            logging.INFO
        )  # at DEBUG it logs request bodies, with private keys
        session = boto3.session.Session(*self._own_key(), botocore_session=_bare_session())
        if not self.access.role_arn:
            return session
        sts = self._made(session, "sts", self.access.regions[0], False)
        role = {"RoleArn": self.access.role_arn, "RoleSessionName": "certdeploy"}
        keys = sts.assume_role(**role)["Credentials"]
        own = keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
        return boto3.session.Session(*own, botocore_session=_bare_session())

    def _own_key(self) -> tuple[str, ...]:
        """Empty: boto3 looks for one."""
        if not self.access.key:
            return ()
        try:
            told = json.loads(self._secret(SecretStr(self.access.key)).get_secret_value())
            return str(told["AccessKeyId"]), str(told["SecretAccessKey"])
        except (ValueError, TypeError, KeyError):
            why = f'{self.access.key} is not JSON with "AccessKeyId" and "SecretAccessKey"'
        raise SettingsError(f"CERTDEPLOY_AWS_KEY: {why}")

    def _made(self, session: Any, service: str, region: str, writes: bool) -> Any:
        from botocore.config import Config

        tries = {"mode": "standard", "total_max_attempts": 1 if writes else 5}
        direct: dict[str, Any] = (
            {"proxies": {}} if self.access.endpoint else {}
        )  # an emulator is on this machine
        config = Config(connect_timeout=5, read_timeout=30, retries=tries, **direct)
        client = session.client(
            service, region_name=region, endpoint_url=self.access.endpoint or None, config=config
        )
        client.meta.events.register("after-call.cloudfront.GetDistribution", note_unknown)
        return client


def _read(action: str, answer: dict[str, Any]) -> Fields:
    meta = answer.pop("ResponseMetadata", None) or {}
    return Fields(answer, Source(action, meta.get("RequestId") or "-"))


@cache
def _loader() -> Any:
    """Loads the descriptions of AWS's services once per process: that takes longer than a call."""
    from botocore.loaders import create_loader

    return create_loader()


def _bare_session() -> Any:
    from botocore.session import get_session

    session, loader = get_session(), _loader()
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # boto3 adds its own each time
    session.register_component("data_loader", loader)
    return session


def _method(action: str) -> str:
    from botocore import xform_name

    return str(xform_name(action))


@contextmanager
def _ours(action: str) -> Iterator[None]:
    """boto3's errors as ours. Its parameter errors repeat values, so their text is dropped."""
    try:
        from botocore import exceptions as boto
        from botocore.parsers import ResponseParserError
    except ImportError:
        raise CloudRejectedError(action, "NoBoto3", "AWS needs boto3: install certdeploy[aws]") from None
    try:
        yield
    except boto.ClientError as error:
        raise _answered(action, error.response) from None
    except (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError):
        what = "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or unset CERTDEPLOY_AWS"
        raise CloudCredentialsError(action, "NoCredentials", what) from None
    except (boto.EndpointConnectionError, boto.ConnectTimeoutError, boto.ProxyConnectionError):
        raise NotSentError(action, "ConnectionFailed", "no connection to AWS could be made") from None
    except boto.HTTPClientError:
        raise CloudUnavailableError(action, "ConnectionLost", "AWS did not answer") from None
    except ResponseParserError:  # its text repeats the response
        raise CloudUnavailableError(
            action, "UnreadableAnswer", "the response does not come from AWS"
        ) from None
    except boto.BotoCoreError as error:
        raise CloudRejectedError(action, type(error).__name__, "boto3 refused the call") from None
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # of its parser; as above
        why = f"the answer: boto3 does not understand it ({type(error).__name__})"
        raise UnreadableAnswerError(action, why) from None


def _answered(action: str, response: Mapping[str, Any]) -> CloudError:
    error, meta = response.get("Error", {}), response["ResponseMetadata"]
    code = str(error.get("Code", "Unknown"))
    kind = classify(code, meta["HTTPStatusCode"])
    if code.lower().startswith(_BUSY):
        kind = CloudBusyError
    elif code.lower().startswith(_CREDENTIALS):
        kind = CloudCredentialsError
    return kind(
        action, redact(code), redact(str(error.get("Message") or "no message")), meta.get("RequestId") or "-"
    )
