"""What a browser sends to the console over a socket: cookies, forms, headers as a test wants them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    """`told`: the addresses that the console has printed."""

    port: int
    told: list[str]
    cookie: str = field(default="", repr=False)

    def let_in(self) -> Browser:
        """As a person who opens the last address that was printed."""
        split = urlsplit(self.told[-1])
        answer = self.get(f"{split.path}?{split.query}")
        assert (answer.status, answer.headers["location"]) == (303, "/")
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return self

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, "", headers)

    def post(self, path: str, form: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        own = {
            "Origin": f"http://127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.ask("POST", path, urlencode(form or {}, doseq=True), {**own, **headers})

    def ask(self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None) -> Answer:
        """Names of headers with _ for -; an empty one is not sent."""
        given = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        sent = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie, **given}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body.encode(), {name: one for name, one in sent.items() if one})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read().decode())
        finally:
            connection.close()
