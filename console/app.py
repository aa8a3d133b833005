"""The console as an ASGI application: pages and orders by their paths, each page also as JSON."""

import hashlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from console import language, views
from console.asking import LONG_S, Asked, Page
from console.installation import Installation
from console.kept import BeingReadError, Kept
from console.refused import Refused, refusal
from console.render import STATIC, rendered
from shared.domain.visible import visible_in
from shared.errors import InvalidRequestError

_LONGEST: Final = 1024 * 1024  #: bytes of a form
Endpoint = Callable[[Request], Awaitable[Response]]


def console(installation: Installation, kept: Kept, *, read_only: bool = False) -> Starlette:
    """The pages, without the guard that belongs around them."""
    routes: list[BaseRoute] = [Mount("/static", StaticFiles(directory=STATIC))]
    for path, view in views.PAGES.items():
        routes.append(Route(path, _page(installation, kept, view, read_only), methods=["GET"]))
        routes.append(Route(f"{path if path != '/' else '/overview'}.json", _json(installation, kept, view)))
    for path, order in views.ORDERS.items():
        outdated = (lambda: None) if path in views.LOOKS else kept.outdate
        routes.append(Route(path, _order(installation, kept, order, read_only, outdated), methods=["POST"]))
    routes.append(Route("/{path:path}", _missing(read_only)))
    return Starlette(routes=routes)


def _page(installation: Installation, kept: Kept, view: views.View, read_only: bool) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        asked = Asked(installation, parse_qs(request.url.query), kept)
        return await run_in_threadpool(_shown, request, lambda: view(asked), read_only)

    return endpoint


def _order(
    installation: Installation,
    kept: Kept,
    order: views.Order,
    read_only: bool,
    outdated: Callable[[], None],
) -> Endpoint:
    """`outdated`: is called when it is done, or may be done in part."""

    async def endpoint(request: Request) -> Response:
        body = await _body(request)

        def answer() -> Response:
            try:
                if body is None:
                    raise InvalidRequestError(f"the form is longer than {_LONGEST} bytes")
                done = order(Asked(installation, parse_qs(body), kept, LONG_S))
            except Exception as error:
                return _refused(request, error, read_only)
            finally:
                outdated()
            if isinstance(done, Page):  # what a form was about, looked through
                return _shown(request, lambda: done, read_only)
            return RedirectResponse(done.to, HTTPStatus.SEE_OTHER)

        return await run_in_threadpool(answer)

    return endpoint


def _json(installation: Installation, kept: Kept, view: views.View) -> Endpoint:
    """A program waits for what takes long to read."""

    def answer(asked: Asked) -> Response:
        try:
            page = view(asked)
            age = str(int(page.reading.age_s)) if page.reading else "0"
            return JSONResponse(_plain(page.answer), headers={"age": age})
        except BeingReadError:
            return JSONResponse({"Code": "BeingRead", "Message": "it is still being read"}, 503)
        except Exception as error:
            refused = refusal(error)
            return JSONResponse({"Code": refused.code, "Message": refused.message}, refused.status)

    async def endpoint(request: Request) -> Response:
        asked = Asked(installation, parse_qs(request.url.query), kept, LONG_S)
        return await run_in_threadpool(answer, asked)

    return endpoint


def _missing(read_only: bool) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return _told(request, Refused(HTTPStatus.NOT_FOUND, "NotFound", "There is no such page."), read_only)

    return endpoint


def _shown(request: Request, view: Callable[[], Page], read_only: bool) -> Response:
    try:
        page = view()
        context = {"page": page, "it": page.answer, **page.more, **_around(request, read_only)}
        answer = _html(request, page.template, context)
        if not page.whole:
            answer.headers["refresh"] = "1"
    except BeingReadError:
        return _being_read(request, read_only)
    except Exception as error:  # one sentence, whatever it is
        return _refused(request, error, read_only)
    if request.query_params.get("seen") == answer.headers["etag"].strip('"'):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return answer


def _html(request: Request, template: str, context: dict[str, Any], status: int = 200) -> Response:
    said = _language(request)
    asked = request.query_params.get("lang", "")
    text = rendered(template, said, context)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    answer = HTMLResponse(text, status, headers={"etag": f'"{digest}"', "content-language": said})
    if asked in language.LANGUAGES:
        answer.set_cookie(language.COOKIE, asked, httponly=True, samesite="strict")
    return answer


def _around(request: Request, read_only: bool) -> dict[str, Any]:
    """What each page has around it."""
    return {
        "path": request.url.path,
        "given": parse_qs(request.url.query),
        "read_only": read_only,
        "fragment": "fragment" in request.query_params,
    }


def _language(request: Request) -> str:
    kept = request.cookies.get(language.COOKIE, "")
    accepted = request.headers.get("accept-language", "")
    return language.chosen(request.query_params.get("lang", ""), kept, accepted)


def _refused(request: Request, error: Exception, read_only: bool) -> Response:
    return _told(request, refusal(error), read_only)


def _told(request: Request, refused: Refused, read_only: bool) -> Response:
    around = _around(request, read_only)
    context = {"refused": refused, "page": None, "ordered": request.method == "POST", **around}
    # What a script asks for while somebody writes is wrong most of the time: no error of the browser's.
    looks = around["fragment"] and request.url.path in views.LOOKS
    return _html(request, "refused.html", context, HTTPStatus.OK if looks else refused.status)


def _being_read(request: Request, read_only: bool) -> Response:
    """The page comes by itself, without JavaScript too."""
    context = {"page": None, **_around(request, read_only)}
    answer = _html(request, "being_read.html", context, HTTPStatus.ACCEPTED)
    answer.headers["refresh"] = "1"
    return answer


async def _body(request: Request) -> str | None:
    """None: it is too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            return None
    return body.decode("utf-8", "replace")


def _plain(value: BaseModel) -> Any:
    """As the functions answer: PascalCase, without what is not set."""
    return visible_in(value.model_dump(mode="json", by_alias=True, exclude_none=True))
