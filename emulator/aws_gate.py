"""What stands before moto: faults and denials to order, the log of calls, and rules that moto leaves out.

Those are: ListCertificates hides large and ECC keys unless they are asked for, and has pages; what uses a
certificate is told, and it is not deleted meanwhile; UpdateDistribution refuses a stale ETag. The emulator's
own key passes by all of it.
"""

from __future__ import annotations

import io
import json
import re
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

from emulator.api import Answer, ApiError, Call, Raw
from emulator.calls import CallRecord
from emulator.faults import DroppedError
from emulator.service import Account, EmulatedService

OWN_KEY = "AKIAEMULATORSOWNKEY0"
_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_DISTRIBUTION = re.compile(r"/[\d-]+/distribution(/(?P<id>\w+)(?P<config>/config)?)?")
_CODE = re.compile(r'(?:<Code>|"__type": ?")(\w+)')
_LISTED = ["RSA_1024", "RSA_2048"]


class Gate:
    """A WSGI application before another. Without a cloud everything passes."""

    def __init__(self, moto: Any) -> None:
        self._moto = moto
        self.cloud: Account | None = None  #: whose faults and log these are

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        asked = _asked(request)
        if self.cloud is None or asked is None:
            environ["wsgi.input"] = io.BytesIO(request.get_data())
            passed: Iterable[bytes] = self._moto(environ, start_response)
            return passed
        answered = self._carried_out(self.cloud, asked, environ)
        return answered(environ, start_response)

    def _carried_out(self, cloud: Account, asked: _Asked, environ: dict[str, Any]) -> Response:
        status, code = 500, "InternalFailure"
        call = Call(asked.action, {}, asked.region, cloud.account)
        try:
            raw = cloud.execute(_Moto(cloud, lambda: self._answered(asked, environ)), call)
            assert isinstance(raw, Raw)
            found = _CODE.search(raw.body.decode("utf-8", "replace")) if raw.status >= 400 else None
            status, code = raw.status, found[1] if found else ""
            return Response(raw.body, status, raw.headers)
        except ApiError as error:
            status, code = error.status, error.code
            return _refusal(error, asked.service)
        except DroppedError:
            status, code = 0, "Dropped"
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return Response(status=500)
        finally:
            time.sleep(call.delay.seconds)
            record = CallRecord(
                cloud.clock(), "aws", asked.action, asked.region, {}, status, code, str(uuid4())
            )
            cloud.calls.append(record)

    def _answered(self, asked: _Asked, environ: dict[str, Any]) -> Raw:
        if asked.action == "ListCertificates":
            return self._listed(asked.body, environ)
        if asked.action == "DescribeCertificate":
            return self._described(asked.body, environ)
        if asked.action == "DeleteCertificate" and _users(json.loads(asked.body).get("CertificateArn", "")):
            raise ApiError(400, "ResourceInUseException", "The certificate is in use by other AWS resources.")
        if asked.action == "UpdateDistribution":
            _check_etag(asked.distribution, environ.get("HTTP_IF_MATCH", ""))
        return self._of_moto(asked.body, environ)

    def _of_moto(self, body: bytes, environ: dict[str, Any]) -> Raw:
        given = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        answer = Response.from_app(self._moto, given, buffered=True)
        return Raw(answer.status_code, answer.get_data(), dict(answer.headers))

    def _listed(self, body: bytes, environ: dict[str, Any]) -> Raw:
        wanted = json.loads(body)
        wanted["Includes"] = {"keyTypes": _LISTED, **wanted.get("Includes", {})}
        start, size = int(wanted.pop("NextToken", 0)), wanted.pop("MaxItems", 1000)
        raw = self._of_moto(json.dumps(wanted).encode(), environ)
        if raw.status >= 400:
            return raw
        rows = json.loads(raw.body)["CertificateSummaryList"]
        for row in rows:
            row["InUse"] = bool(_users(row["CertificateArn"]))
        page: Answer = {"CertificateSummaryList": rows[start : start + size]}
        if len(rows) > start + size:
            page["NextToken"] = str(start + size)
        return _with(page, raw)

    def _described(self, body: bytes, environ: dict[str, Any]) -> Raw:
        raw = self._of_moto(body, environ)
        if raw.status >= 400:
            return raw
        answer = json.loads(raw.body)
        answer["Certificate"]["InUseBy"] = _users(answer["Certificate"]["CertificateArn"])
        return _with(answer, raw)


@dataclass(frozen=True)
class _Asked:
    action: str
    service: str
    region: str
    body: bytes
    distribution: str = ""


class _Moto(EmulatedService):
    """One request, as the cloud carries out what it is asked."""

    api, version, ram, style = "aws", "", "aws", "ROA"

    def __init__(self, cloud: Account, answer: Callable[[], Raw]) -> None:
        super().__init__(cloud)
        self._answer = answer

    def handler(self, action: str) -> Callable[[Call], Answer | Raw]:
        return lambda call: self._answer()


def _asked(request: Request) -> _Asked | None:
    """None: of the emulator itself."""
    scope = _SCOPE.search(request.headers.get("Authorization", ""))
    if scope is None or scope["key"] == OWN_KEY:
        return None
    body, service, distribution = request.get_data(), scope["service"], ""
    target = request.headers.get("X-Amz-Target", "")
    if target:
        action = target.rpartition(".")[2]
    elif found := _DISTRIBUTION.fullmatch(request.path):
        verb = {"GET": "Get", "PUT": "Update", "POST": "Create", "DELETE": "Delete"}[request.method]
        what = "Config" if found["config"] and verb == "Get" else ""
        distribution = found["id"] or ""
        lists = verb == "Get" and not distribution
        action = "ListDistributions" if lists else f"{verb}Distribution{what}"
    else:
        action = dict(part.split("=", 1) for part in body.decode().split("&") if "=" in part).get(
            "Action", ""
        )
    return _Asked(action, service, scope["region"], body, distribution)


def _with(answer: Answer, raw: Raw) -> Raw:
    del raw.headers["Content-Length"]
    return Raw(200, json.dumps(answer).encode(), raw.headers)


def _users(arn: str) -> list[str]:
    """The load balancers and distributions that have a certificate, by ARN: moto does not tell."""
    from moto.cloudfront.models import cloudfront_backends
    from moto.elbv2.models import elbv2_backends

    balancers = (
        balancer
        for backends in elbv2_backends.values()
        for backend in backends.values()
        for balancer in backend.load_balancers.values()
    )
    found = [
        balancer.arn
        for balancer in balancers
        if any(arn in (row.certificate, *row.certificates) for row in balancer.listeners.values())
    ]
    for backends in cloudfront_backends.values():
        for backend in backends.values():
            for row in backend.distributions.values():
                if row.distribution_config.ViewerCertificate.acm_certificate_arn == arn:
                    found.append(row.arn)
    return found


def _check_etag(distribution: str, etag: str) -> None:
    """And give the distribution a new one, with which the answer comes.

    Raises:
        ApiError: somebody else has changed it since it was read.
    """
    from moto.cloudfront.models import cloudfront_backends

    for backends in cloudfront_backends.values():
        for backend in backends.values():
            held = backend.distributions.get(distribution)
            if held is None:
                continue
            if held.etag != etag:
                raise ApiError(412, "PreconditionFailed", "The If-Match version is not the current one.")
            held.etag = uuid4().hex[:13].upper()


def _refusal(error: ApiError, service: str) -> Response:
    if service == "acm":
        body = json.dumps({"__type": error.code, "message": error.message})
        return Response(body, error.status, content_type="application/x-amz-json-1.1")
    inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    text = f"<ErrorResponse><Error>{inner}</Error><RequestId>{uuid4()}</RequestId></ErrorResponse>"
    return Response(text, error.status, content_type="text/xml")
