"""AWS on moto: whatever a field of an answer says, no slot is lost without a word, and nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest
from botocore.endpoint import Endpoint

from shared.cloud.aws import Aws
from shared.domain.resources import CloudResource
from shared.errors import CloudError
from shared.products.kit.changes import Carries, Change
from shared.products.kit.found import Unread
from tests.contract import walk, walk_xml
from tests.contract.aws_bench import REGION, a_distribution, give_listener, issued_by_amazon, seen
from tests.contract.bench import Bench
from tests.contract.walk import told_by
from tests.shortened import shortened

READS = {
    "listener": ("DescribeListeners", "DescribeListenerCertificates", "GetCertificate"),
    "distribution": ("GetDistribution",),
    "acm": ("GetCertificate",),
}
LISTS = (
    *("ListCertificates", "GetCertificate", "DescribeLoadBalancers", "DescribeListeners"),
    *("DescribeListenerCertificates", "ListDistributions"),
)
JSON = ("ListCertificates", "GetCertificate")
FEW = 12  #: of so many fields of an answer one is walked by `make test`
#: By which what holds slots is named, or told to speak TLS: with another word it is none of ours.
NAMES = ("LoadBalancerArn", "ListenerArn", "CertificateArn", "Protocol", "Type", "Id")
#: Lists that say by themselves that there is nothing (more), or fields that say that it is another's.
SILENT = {
    *("CertificateSummaryList", "NextToken", "NextMarker", "LoadBalancers", "LoadBalancers/member"),
    *("Listeners", "Listeners/member", "Certificates", "Certificates/member"),
    *("Items", "Items/DistributionSummary", "IsTruncated"),
    *("Listeners/member/Certificates", "Listeners/member/Certificates/member", "Listeners/member/Protocol"),
    *("DescribeListenersResult", "DescribeLoadBalancersResult"),
}


def ways(action: str) -> Iterable[str]:
    return walk.INSTEAD if action in JSON else walk_xml.INSTEAD


def rows(actions: Iterable[str]) -> list[Any]:
    return shortened(((how, action) for action in actions for how in ways(action)), every=3)


def rows_of_looks() -> list[Any]:
    reads = ((kind, action) for kind, actions in READS.items() for action in actions)
    return shortened(((how, kind, action) for kind, action in reads for how in ways(action)), every=3)


class Answers:
    """What AWS answers, which is the same for the same question, with a change of one field."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.change: tuple[str, Any, str] | None = None
        self.told: dict[str, list[bytes]] = {}
        self._known: dict[Any, Any] = {}
        asked, send = Endpoint._do_get_response, Endpoint._send

        def asking(endpoint: Any, request: Any, model: Any, context: Any) -> Any:
            self._action = model.name
            return asked(endpoint, request, model, context)

        def sent(endpoint: Any, request: Any) -> Any:
            action, question = self._action, (request.method, request.url, request.body)
            if question not in self._known:
                self._known[question] = send(endpoint, request)
                self.told.setdefault(action, []).append(self._known[question].content)
            whole = answer = self._known[question]
            if self.change and self.change[0] == action:
                answer = type(whole)(whole.url, whole.status_code, whole.headers, whole.raw)
                answer._content = changed(whole.content, *self.change[1:])
            return answer

        made: dict[Any, Any] = {}
        client = Aws._client

        def clients(aws: Aws, *place: str) -> Any:
            """They take longer to make than to call."""
            return made.get(place) or made.setdefault(place, client(aws, *place))

        monkeypatch.setattr(Aws, "_client", clients)
        monkeypatch.setattr(Endpoint, "_do_get_response", asking)
        monkeypatch.setattr(Endpoint, "_send", sent)

    def paths(self, action: str, how: str) -> list[Any]:
        """Other ones for each way, of a long answer."""
        told, first = self.told[action], list(ways(action)).index(how)
        of = (lambda one: walk.paths(json.loads(one))) if action in JSON else walk_xml.paths
        found: list[Any] = list(dict.fromkeys(path for one in told for path in of(one)))
        return shortened(found[first:] + found[:first], every=FEW if len(found) > FEW else 1)


def changed(answer: bytes, path: Any, how: str) -> bytes:
    if not answer.startswith(b"{"):
        return walk_xml.replaced(answer, path, how)
    told = json.loads(answer)
    walk.replaced(told, path, walk.INSTEAD[how])
    return json.dumps(told).encode()


def is_silent(path: Any) -> bool:
    """Whatever the protocol wraps it in."""
    plain = walk_xml.plain(path)
    return any(plain == one or plain.endswith(f"Result/{one}") for one in SILENT)


@pytest.fixture
def account(amazon: Bench) -> Bench:
    """With a listener and a distribution that have what Amazon issued."""
    theirs = issued_by_amazon("example.com", "*.example.com")
    give_listener(amazon, theirs)
    for name in ("www.example.com", "shop.example.com"):
        a_distribution(theirs, name)
    return amazon


def found(bench: Bench) -> tuple[dict[str, CloudResource], list[Unread], CloudError | None]:
    slots, unread, error = told_by(bench.adapter_with(seconds=5, page_size=50).found(REGION))
    return {slot.slot: slot for slot in slots}, unread, error


@pytest.mark.long
@pytest.mark.parametrize(("how", "action"), rows(LISTS))
def test_a_field_that_is_told_otherwise_costs_no_slot_without_a_word(
    account: Bench, monkeypatch: pytest.MonkeyPatch, how: str, action: str
) -> None:
    answers = Answers(monkeypatch)
    whole, unread, error = found(account)
    assert {slot.kind for slot in whole.values()} == {"acm", "listener", "distribution"}
    assert (unread, error) == ([], None)

    for path in answers.paths(action, how):
        answers.change = action, path, how
        slots, unread, error = found(account)
        lost = whole.keys() - slots.keys()
        another = path[-1].rpartition("}")[2] in NAMES and how in ("a new word", "twice")
        assert not [one for one in unread if "not understood" in str(one.error)], (path, unread)
        silent = is_silent(path) and how != "a new word"
        assert not lost or unread or error or another or silent, (path, lost)


@pytest.mark.long
@pytest.mark.parametrize(("how", "kind", "action"), rows_of_looks())
def test_a_look_at_what_is_told_otherwise_is_no_success(
    account: Bench, monkeypatch: pytest.MonkeyPatch, how: str, kind: str, action: str
) -> None:
    slot = seen(account).by_kind[kind][0]
    new = account.certificate("new")
    answers = Answers(monkeypatch)

    def looks() -> list[Carries]:
        """Before and after a change."""
        changes = [Change(slot, new, begun=begun) for begun in (False, True)]
        told = [look for one in changes for look in account.adapter_with(seconds=5).look([one])]
        return [look.carries for look in told if look is not None]

    assert Carries.WANTED not in looks()
    for path in answers.paths(action, how):
        answers.change = action, path, how
        with suppress(CloudError):
            assert Carries.WANTED not in looks(), path
