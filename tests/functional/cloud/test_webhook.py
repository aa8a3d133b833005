"""A message on its way to the owner's receiver: what it carries, and what becomes of a refusal."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from shared.cloud.webhook import Webhook
from shared.errors import CloudError, CloudRejectedError, CloudUnavailableError
from tests.functional.cloud.sockets import watch
from tests.receiver import SECRET, Receiver, receiving

AT = datetime(2026, 5, 1, 12, 0, 7, 900_000, tzinfo=timezone.utc)
SECONDS = "1777636807"  # date -u -d 2026-05-01T12:00:07Z +%s


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def send(receiver: Receiver, *, secret: str = SECRET) -> bool:
    return Webhook(receiver.url, secret, lambda: AT)("finished-7", {"Name": "bücher", "Count": 2})


def test_a_message_carries_its_body_its_id_its_time_and_a_signature_of_these(receiver: Receiver) -> None:
    assert send(receiver) is True

    message = receiver.one()
    assert message.method == "POST"
    assert message.body == {"Name": "bücher", "Count": 2}
    assert "bücher" in message.raw.decode("utf-8"), "escaped: a person may read it too"
    assert message.headers["content-type"] == "application/json; charset=utf-8"
    assert message.headers["user-agent"] == "certdeploy"
    assert message.id == "finished-7"
    assert message.headers["x-certdeploy-timestamp"] == SECONDS
    assert message.signed_with(SECRET)
    assert not message.signed_with("another secret")


def test_a_receiver_is_waited_for_ten_seconds(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = watch(monkeypatch)

    send(receiver)

    assert waits.of == [(10, 10)]


def test_without_a_secret_nothing_is_signed(receiver: Receiver) -> None:
    assert send(receiver, secret="") is True

    assert "x-certdeploy-signature" not in receiver.one().headers


def test_without_a_receiver_nothing_is_delivered() -> None:
    assert Webhook("", SECRET, lambda: AT)("finished-7", {}) is False


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, CloudUnavailableError),
        (500, CloudUnavailableError),
        (503, CloudUnavailableError),
        (599, CloudUnavailableError),
        (400, CloudRejectedError),
        (404, CloudRejectedError),
        (428, CloudRejectedError),
        (499, CloudRejectedError),
    ],
)
def test_only_what_may_pass_is_worth_another_delivery(
    receiver: Receiver, status: int, kind: type[CloudError]
) -> None:
    receiver.answers = [status]

    with pytest.raises(kind) as refused:
        send(receiver)

    assert str(refused.value) == f"webhook: HTTP {status}: the webhook refused it (RequestId -)"
    assert len(receiver.take()) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_no_delivery(receiver: Receiver, status: int) -> None:
    """A page that answers a GET has not read the message."""
    receiver.answers = [status]

    with pytest.raises(CloudRejectedError, match=f"HTTP {status}"):
        send(receiver)

    assert receiver.one().method == "POST"


def test_a_receiver_that_does_not_answer_is_tried_again_and_its_url_is_not_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(CloudUnavailableError) as refused:
        Webhook(f"http://127.0.0.1:{port}/token-of-the-robot", SECRET, lambda: AT)("finished-7", {})

    assert str(refused.value) == "webhook: Unreachable: no answer (RequestId -)"
