"""OSS's own wire format (XML, signature V4) through its official client, imported on demand.

Importing `alibabacloud_oss_v2` takes a third of a second, so only functions that call OSS import it.
"""

import threading
from collections.abc import Iterator
from typing import Any

from shared.cloud.api import Action, Api
from shared.cloud.credentials import Credentials
from shared.cloud.faults import classify, not_sent
from shared.cloud.openapi import OpenApi
from shared.cloud.oss_answers import MisleadingError, check
from shared.cloud.redact import redact
from shared.errors import CloudError, CloudUnavailableError, UnreadableAnswerError

API = Api("oss", "2019-05-17", "ROA", ram="oss", hosts="oss-{region}.aliyuncs.com", scope="*")
LIST_BUCKETS = Action("ListBuckets", of_discovery=True)
LIST_CNAME = Action("ListCname")
PUT_CNAME = Action("PutCname", writes=True)
_ANY_REGION = "cn-hangzhou"  # every region lists the buckets of all regions


class Oss:
    """The three calls for custom domains. Errors as in `OpenApi.call`."""

    def __init__(self, openapi: OpenApi) -> None:
        self._openapi = openapi
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def list_buckets(self, page_size: int = 1000) -> Iterator[Any]:
        """Every bucket of the account: name, region, extranet_endpoint."""
        import alibabacloud_oss_v2 as sdk

        marker = ""
        while True:
            request = sdk.ListBucketsRequest(marker=marker or None, max_keys=page_size)
            page = self._call(LIST_BUCKETS, _ANY_REGION, "list_buckets", request)
            yield from page.buckets or ()
            if not page.is_truncated:
                return
            if not page.next_marker or page.next_marker == marker:
                raise UnreadableAnswerError(LIST_BUCKETS.name, "NextMarker: the list goes on without one")
            marker = page.next_marker

    def list_cname(self, bucket: str, region: str) -> list[Any]:
        """The bucket's domains, each with its certificate: domain, status, certificate.cert_id."""
        import alibabacloud_oss_v2 as sdk

        found = self._call(LIST_CNAME, region, "list_cname", sdk.ListCnameRequest(bucket=bucket))
        return list(found.cnames or ())

    def put_cname(
        self, bucket: str, region: str, domain: str, *, cert_id: str, previous_cert_id: str
    ) -> None:
        """Replace the certificate of a bound domain if `previous_cert_id` is in place."""
        import alibabacloud_oss_v2 as sdk

        certificate = sdk.models.CertificateConfiguration(cert_id=cert_id, previous_cert_id=previous_cert_id)
        cname = sdk.models.Cname(domain=domain, certificate_configuration=certificate)
        configuration = sdk.models.BucketCnameConfiguration(cname=cname)
        request = sdk.PutCnameRequest(bucket=bucket, bucket_cname_configuration=configuration)
        self._call(PUT_CNAME, region, "put_cname", request)

    def _call(self, action: Action, region: str, method: str, request: Any) -> Any:
        host = self._openapi.host(API, region)

        def once(credentials: Credentials) -> Any:
            try:
                return getattr(self._client(credentials, region, host), method)(request)
            except Exception as error:  # the client's exceptions have no useful common base
                mapped = _map_error(action.name, error, self._openapi.emulated or host)
            raise mapped  # outside the except block, so that __context__ does not hold the client's text

        return self._openapi.repeat(API, action, region, once)

    def _client(self, credentials: Credentials, region: str, host: str) -> Any:
        key = (credentials.access_key_id, region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = _new_client(credentials, region, host, self._openapi.emulated)
            return self._clients[key]


def _new_client(credentials: Credentials, region: str, host: str, emulated: str) -> Any:
    import alibabacloud_oss_v2 as sdk

    config = sdk.config.load_default()
    config.region = region
    config.credentials_provider = sdk.credentials.StaticCredentialsProvider(
        credentials.access_key_id, credentials.access_key_secret, credentials.security_token or None
    )
    config.retry_max_attempts = 1  # retried by OpenApi.repeat, which distinguishes reads from writes
    config.user_agent = "certdeploy"
    config.endpoint = f"http://{emulated}" if emulated else host
    config.use_path_style = bool(emulated)
    config.http_client = _reading()
    return sdk.Client(config)


def _reading() -> Any:
    """The library's own way to send, with a check of what is read."""
    from alibabacloud_oss_v2.transport import RequestsHttpClient

    class Reading(RequestsHttpClient):  # type: ignore[misc, unused-ignore]
        def send(self, request: Any, **options: Any) -> Any:
            response = super().send(request, **options)
            # What comes as a stream is an object's content, which is none of OSS's words.
            if request.method == "GET" and response.status_code == 200 and not options.get("stream"):
                try:
                    check(response.content)
                except MisleadingError as error:
                    error.request_id = response.headers.get("x-oss-request-id", "-")
                    raise
            return response

    return Reading()


def _map_error(action: str, error: Exception, host: str) -> CloudError:
    import alibabacloud_oss_v2 as sdk

    cause = error.unwrap() if isinstance(error, sdk.exceptions.OperationError) else error
    if isinstance(cause, MisleadingError):
        return UnreadableAnswerError(action, f"the answer: {cause}", cause.request_id)
    if isinstance(cause, sdk.exceptions.ServiceError):
        code, status = cause.code or f"HTTP {cause.status_code}", cause.status_code
        message = redact(f"{cause.message or 'no message'} (EC {cause.ec or '-'})")
        return classify(code, status)(action, code, message, cause.request_id or "-")
    if "Connection refused" in str(cause):
        return not_sent(action, host)
    return CloudUnavailableError(action, "NoAnswer", f"no readable answer of {host} ({type(cause).__name__})")
