"""Chat services that behave as the real ones do, on loopback: they check signatures, and refuse in words.

A channel's URL is `<endpoint>/<service>…`. What a service does next is in `behaviour`, "accept" by default:
"refuse", "throttle", "redirect", "hang", "drip", "garbage", "down", or a whole reply. The last repeats.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, bytes, dict[str, str]]
TOKEN = "the-token-0f9e8d7c"  #: of each robot, in its URL
SECRET = "SEC-of-the-robot"
SERVICES = ("dingtalk", "feishu", "lark", "wecom", "slack", "teams", "telegram")
SIGNED = ("dingtalk", "feishu", "lark")


def _json(body: dict[str, Any], status: int = 200) -> Reply:
    return status, json.dumps(body).encode(), {"Content-Type": "application/json"}


_ANSWERS: dict[str, dict[str, Reply]] = {
    "dingtalk": {
        "accept": _json({"errcode": 0, "errmsg": "ok"}),
        "refuse": _json({"errcode": 310000, "errmsg": "keywords not in content"}),
        "throttle": _json({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}),
        "unsigned": _json({"errcode": 310000, "errmsg": "sign not match"}),
    },
    "feishu": {
        "accept": _json(
            {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}
        ),
        "refuse": _json({"code": 19024, "data": {}, "msg": "Key Words Not Found"}),
        "throttle": _json({"code": 11232, "msg": "frequency limited psm[lark]"}),
        "unsigned": _json({"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}),
    },
    "wecom": {
        "accept": _json({"errcode": 0, "errmsg": "ok"}),
        "refuse": _json({"errcode": 93000, "errmsg": f"invalid webhook url, key={TOKEN}"}),
        "throttle": _json({"errcode": 45009, "errmsg": "api freq out of limit"}),
    },
    "slack": {
        "accept": (200, b"ok", {}),
        "refuse": (404, b"no_service", {}),
        "throttle": (429, b"", {"Retry-After": "90"}),
    },
}
_ANSWERS["teams"] = {
    "accept": (202, b"", {}),
    "refuse": (200, b"Webhook message delivery failed with error: the card is not valid", {}),
    "throttle": (
        200,
        b"Microsoft Teams endpoint returned HTTP error 429 with ContextId x",
        {},
    ),
}
_ANSWERS["telegram"] = {
    "accept": _json({"ok": True, "result": {"message_id": 7}}),
    "refuse": _json({"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, 400),
    "throttle": _json({"ok": False, "error_code": 429, "parameters": {"retry_after": 35}}, 429),
}
_ANSWERS["lark"] = _ANSWERS["feishu"]
_OF_ALL: dict[str, Reply] = {
    "redirect": (302, b"", {"Location": "/elsewhere"}),
    "garbage": (200, b"<html>log in to this network</html>", {}),
    "down": (503, b"", {}),
}


@dataclass(frozen=True)
class Post:
    """One message that a service took, or refused."""

    service: str
    query: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        return _TEXT[self.service](self.body)


_TEXT: dict[str, Callable[[dict[str, Any]], str]] = {
    "dingtalk": lambda body: str(body["text"]["content"]),
    "feishu": lambda body: str(body["content"]["text"]),
    "lark": lambda body: str(body["content"]["text"]),
    "wecom": lambda body: str(body["text"]["content"]),
    "slack": lambda body: str(body["text"]),
    "teams": lambda body: "\n".join(
        run["text"] for block in body["attachments"][0]["content"]["body"] for run in block["inlines"]
    ),
    "telegram": lambda body: str(body["text"]),
}


@dataclass
class Chats:
    endpoint: str = ""
    now: Callable[[], float] = time.time
    behaviour: defaultdict[str, list[str | Reply]] = field(default_factory=lambda: defaultdict(list))
    signed: set[str] = field(default_factory=set)  #: services whose robot wants signatures with SECRET
    posts: list[Post] = field(default_factory=list)
    accepted: list[Post] = field(default_factory=list)

    def url(self, service: str) -> str:
        return f"{self.endpoint}/{service}/hook?access_token={TOKEN}"

    def take(self) -> list[Post]:
        """What was accepted since the last time."""
        taken, self.accepted = self.accepted, []
        return taken

    def answer(self, post: Post) -> Reply | str:
        self.posts.append(post)
        plan = self.behaviour[post.service]
        wanted = plan.pop(0) if len(plan) > 1 else (plan[0] if plan else "accept")
        if not isinstance(wanted, str):
            return wanted
        if wanted in ("hang", "drip"):
            return wanted
        if wanted == "accept":
            if post.service in self.signed and not self._is_signed(post):
                return _ANSWERS[post.service]["unsigned"]
            self.accepted.append(post)
        return _ANSWERS[post.service].get(wanted) or _OF_ALL[wanted]

    def _is_signed(self, post: Post) -> bool:
        """As the services document it; DingTalk counts in milliseconds."""
        if post.service == "dingtalk":
            timestamp, sign = post.query.get("timestamp", ""), post.query.get("sign", "")
            expected = hmac.new(SECRET.encode(), f"{timestamp}\n{SECRET}".encode(), hashlib.sha256)
            at = int(timestamp or 0) / 1000
        else:
            timestamp, sign = post.body.get("timestamp", ""), post.body.get("sign", "")
            expected = hmac.new(f"{timestamp}\n{SECRET}".encode(), b"", hashlib.sha256)
            at = float(timestamp or 0)
        return sign == base64.b64encode(expected.digest()).decode() and abs(at - self.now()) < 3600


@contextmanager
def chatting() -> Iterator[Chats]:
    chats, over = Chats(), Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            reply = chats.answer(Post(parts.path.split("/")[1], query, json.loads(raw)))
            if isinstance(reply, str):
                while not over.wait(0.02) and reply == "hang":
                    pass
                while reply == "drip" and not over.wait(0.02):
                    self.wfile.write(b"H" if over.is_set() else b" ")
                    self.wfile.flush()
                return
            status, body, headers = reply
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen."""

        def handle(self) -> None:
            with suppress(OSError):  # who asked has gone
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    chats.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield chats
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
