"""What a browser sends to the console over a socket: cookies, forms, headers as a test wants them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
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


class _Form(HTMLParser):
    """The fields of the form with this action, as a browser would send them; without its buttons."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self._action = action
        self._within = False
        self._select, self._text = "", ""
        self.fields: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = told.get("action") == self._action and told.get("method") == "post"
        elif not self._within:
            return
        elif tag == "input" and (told["type"] != "checkbox" or "checked" in told):
            self._add(told["name"], told.get("value", ""))
        elif tag == "select":
            self._select = told["name"]
        elif tag == "option" and "selected" in told:
            self._add(self._select, told["value"])
        elif tag == "textarea":
            self._text = told["name"]

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "form"
        self._text = "" if tag == "textarea" else self._text

    def handle_data(self, data: str) -> None:
        if self._within and self._text:
            self._add(self._text, data.removeprefix("\n"))

    def _add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


def fields(page: Answer, action: str) -> dict[str, list[str]]:
    """Of a page's form that changes something, as it would be sent."""
    form = _Form(action)
    form.feed(page.body)
    assert form.fields, f"there is no form for {action}"
    return form.fields
