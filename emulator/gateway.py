"""What stands before every product: signature, route, parameters, log."""

from __future__ import annotations

import logging
from dataclasses import replace
from uuid import uuid4

from emulator import ots_signatures, routing, wording
from emulator.api import ApiError, Call, Delay, Raw
from emulator.calls import CallRecord, without_secrets
from emulator.cloud import Cloud
from emulator.faults import DroppedError
from emulator.keys import AccessKey
from emulator.request import Request
from emulator.signatures import named, verify

_logger = logging.getLogger("emulator")


def answer(cloud: Cloud, request: Request) -> Raw:
    """Carry `request` out and answer as the vendor's gateway does, refusals included.

    Raises:
        DroppedError: close the connection, say nothing.
    """
    if routing.style(request) != "OTS":
        return _answer(cloud, request, str(uuid4()).upper())[0]
    request_id = str(uuid4())
    raw, key = _answer(cloud, request, request_id)
    return ots_signatures.signed(raw, request, key, request_id, cloud.signing_clock())


def _answer(cloud: Cloud, request: Request, request_id: str) -> tuple[Raw, AccessKey | None]:
    """The answer, and the key that the request was signed with, if it was."""
    key: AccessKey | None = None
    route: routing.Route | None = None
    home = cloud
    delay = Delay()
    status, code = 500, "InternalError"
    try:
        key = verify(request, cloud.keys, cloud.signing_clock())
        home = cloud.of(key.account)
        route = routing.find(home, request)
        call = Call(
            action=route.action,
            params=route.params,
            region=route.region,
            account=key.account,
            access_key_id=key.access_key_id,
            request_id=request_id,
            raw_body=request.body,
            headers=request.headers,
            host=route.host,
            delay=delay,
        )
        answered = cloud.answers.varied(route.service.api, call, home.execute(route.service, call))
        raw = wording.success(answered, route.action, request_id, request)
        status, code = raw.status, ""
        return replace(raw, delay_s=delay.seconds), key
    except ApiError as error:
        status, code = error.status, error.code
        return replace(wording.refusal(error, request_id, request), delay_s=delay.seconds), key
    except DroppedError as dropped:
        status, code = 0, "Dropped"
        dropped.delay_s = delay.seconds
        raise
    except Exception:  # a mistake in an emulated product: say where, and answer as the cloud would
        _logger.exception("an emulated action failed: %s", route.action if route else "?")
        broken = ApiError(500, "InternalError", "The request processing has failed.")
        return wording.refusal(broken, request_id, request), key
    finally:
        _log(cloud, request, route, status, code, request_id, key.account if key else "")


def too_large(request: Request, longest: int) -> Raw:
    """The answer to a request whose body is not read, or not to its end."""
    why = f"The request body is larger than {longest >> 20} MB."
    error = ApiError(413, "RequestEntityTooLarge", why)
    return _unread(error, request)


def stranger(cloud: Cloud, request: Request) -> Raw | None:
    """The answer to a request that names no known key in its head; None if it does."""
    try:
        named(request, cloud.keys, cloud.signing_clock())
    except ApiError as error:
        return _unread(error, request)
    return None


def _unread(error: ApiError, request: Request) -> Raw:
    raw = wording.refusal(error, str(uuid4()).upper(), request)
    raw.headers["connection"] = "close"  # what else is sent is not read
    return raw


def lengthy(cloud: Cloud, request: Request) -> bool:
    """Whether the action may wait, and so must not be run in the event loop."""
    if routing.style(request) in ("ROA", "FC2"):
        return True
    action, version = routing.words(request)
    return any(
        action in service.lengthy and service.version == version for service in cloud.services.values()
    )


def _log(
    cloud: Cloud,
    request: Request,
    route: routing.Route | None,
    status: int,
    code: str,
    request_id: str,
    account: str,
) -> None:
    action, version = routing.words(request)
    cloud.calls.append(
        CallRecord(
            time=cloud.clock(),
            api=route.service.api if route else version,
            action=route.action if route else action,
            region=route.region if route else "",
            params=without_secrets(route.params) if route else {},
            status=status,
            code=code,
            request_id=request_id,
            account=account,
        )
    )
