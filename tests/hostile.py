"""Text that others would put where they can write, and a watch over where requests go because of it."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from requests.adapters import HTTPAdapter

from shared.cloud import cas, fc2, functions, sts
from shared.domain.regions import KNOWN
from shared.errors import CloudRejectedError
from shared.products import adapter_class, supported_products

TEXTS = (
    *("evil.example/?x=", "x@evil.example/", "evil.example#", "../x", "a/../b", "..", "", "a b", "a\nb"),
    *("a\x00b", "a%2fb", "a\\b", "//evil.example", "http://evil.example", "a?b", "\ud800", "\u202e", "²"),
    *("evil.example:443", "cn-hangzhou.evil.example", "*.*.example.com", "a@example.com", "-1", "a" * 3000),
    *("https://evil.example:6443", "{region}", "cn-nowhere", "arn:aws:acm:evil:1:certificate/1", "\x1b[2J"),
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    *(None, True, -1, 0, 2**63, 10**30, 1.5, 1e308, float("nan"), [], {}, [[[]]], {"a": {"b": []}}, [None]),
)


@cache
def table() -> frozenset[str]:
    """Every host of Alibaba Cloud that is made from the products and the regions that are known."""
    apis = {cas.API, fc2.API, sts.API, functions.API}
    apis |= {api for product in supported_products() for api in adapter_class(product).apis() if api.hosts}
    found = set()
    for api in apis:
        for region in (*KNOWN.table, ""):
            try:
                found.add(api.host(region, account_id=_ACCOUNT))
            except CloudRejectedError:
                assert not region
    return frozenset(found)


_ACCOUNT = "1000000000000001"  #: the emulated one
_BUCKET = re.compile(r"[a-z0-9-]{3,63}\.(oss-[a-z0-9-]+\.aliyuncs\.com)")
_AMAZON = re.compile(
    r"(acm|elasticloadbalancing|sts)\.[a-z]{2}-[a-z]+-\d\.amazonaws\.com|(iam|cloudfront)\.amazonaws\.com"
)
_HERE = {"127.0.0.1", "localhost", "::1"}


@dataclass
class Watch:
    """Hosts that were asked for, as the transport has them; `table`: those that may be."""

    table: frozenset[str] = field(default_factory=table)
    hosts: list[str] = field(default_factory=list)  #: that were looked up, to be connected to
    said: list[str] = field(default_factory=list)  #: that the emulated cloud was to play

    def outside(self) -> set[str]:
        """Hosts that are none of the table. This machine plays all of them."""
        asked = {*self.hosts, *self.said} - _HERE
        return {host for host in asked if not self._known(host)}

    def _known(self, host: str) -> bool:
        bucket = _BUCKET.fullmatch(host)
        return host in self.table or bool(bucket and bucket[1] in self.table) or bool(_AMAZON.fullmatch(host))


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch, *, answers: bool = True) -> Iterator[Watch]:
    """`answers`: what is on this machine may answer; without, nobody is met at all."""
    watch, look_up, send = Watch(), socket.getaddrinfo, HTTPAdapter.send

    def noted(host: Any, *arguments: Any, **more: Any) -> Any:
        watch.hosts.append(host.decode() if isinstance(host, bytes) else str(host))
        if not answers or watch.hosts[-1] not in _HERE:
            raise socket.gaierror(socket.EAI_NONAME, "nobody is met in this test")
        return look_up(host, *arguments, **more)

    def sent(self: Any, request: Any, *arguments: Any, **more: Any) -> Any:
        watch.hosts.append(urlsplit(request.url).hostname or request.url)
        if played := request.headers.get("x-emulator-host"):
            watch.said.append(played if isinstance(played, str) else played.decode())
        return send(self, request, *arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", noted)
        patched.setattr(HTTPAdapter, "send", sent)
        yield watch


def spoilt(document: Any, chance: random.Random) -> Any:
    """The document with one or two of its values changed, left out, or made up; or something else."""
    if chance.random() < 0.04:
        return chance.choice(VALUES)
    for _ in range(chance.choice((1, 1, 1, 2))):
        document = _changed(document, chance)
    return document


def _changed(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict) and value and chance.random() < 0.93:
        name = chance.choice(list(value))
        if chance.random() < 0.08:
            return {key: one for key, one in value.items() if key != name}
        if chance.random() < 0.05:
            return {**value, chance.choice(TEXTS): chance.choice(VALUES)}
        return {**value, name: _changed(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        return [*value[:place], _changed(value[place], chance), *value[place + 1 :]]
    if isinstance(value, str) and value and chance.random() < 0.6:
        return _within(value, chance)
    return chance.choice(VALUES)


def _within(text: str, chance: random.Random) -> str:
    """One part of a text is another: of an id, a host, a region, a whole kubeconfig."""
    parts = re.split(r"([/:@.\s-]+)", text)
    if servers := re.findall(r"https://[^\s\"']+", text):
        return text.replace(chance.choice(servers), chance.choice(TEXTS))
    place = chance.randrange(0, len(parts), 2)
    return "".join((*parts[:place], chance.choice(TEXTS), *parts[place + 1 :]))
