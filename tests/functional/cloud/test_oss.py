"""OSS's answers in XML: pages of buckets, bindings, and what a refusal means."""

import pytest

from shared.cloud.credentials import Credentials, fixed
from shared.cloud.faults import NotSentError
from shared.cloud.openapi import OpenApi
from shared.cloud.oss import Oss
from shared.errors import (
    CloudBusyError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    UnreadableAnswerError,
)
from tests.functional.cloud.conftest import KEY, Pauses, Scripted, at

Reply = tuple[int, bytes, dict[str, str]]


@pytest.fixture
def oss(scripted: Scripted) -> Oss:
    return Oss(at(scripted))


def reply(body: str, status: int = 200, **headers: str) -> Reply:
    return status, f'<?xml version="1.0"?>{body}'.encode(), headers


def refusal(status: int, code: str, message: str = "because") -> Reply:
    told = f"<Code>{code}</Code><Message>{message}</Message><RequestId>R-1</RequestId><EC>0018-1</EC>"
    return reply(f"<Error>{told}</Error>", status)


def buckets(*names: str, then: str = "") -> Reply:
    rows = "".join(f"<Bucket><Name>{name}</Name><Region>cn-beijing</Region></Bucket>" for name in names)
    more = f"<IsTruncated>{str(bool(then)).lower()}</IsTruncated><NextMarker>{then}</NextMarker>"
    return reply(f"<ListAllMyBucketsResult>{more}<Buckets>{rows}</Buckets></ListAllMyBucketsResult>")


def change(oss: Oss) -> None:
    oss.put_cname("bucket-one", "cn-beijing", "a.example.com", cert_id="2-x", previous_cert_id="1-x")


def test_every_page_of_buckets_is_read(oss: Oss, scripted: Scripted) -> None:
    scripted.answers = [buckets("a", "b", then="b"), buckets("c", then="c"), buckets()]
    assert [(found.name, found.region) for found in oss.list_buckets(2)] == [
        (name, "cn-beijing") for name in "abc"
    ]
    assert scripted.targets == ["/?max-keys=2", "/?marker=b&max-keys=2", "/?marker=c&max-keys=2"]


def test_a_thousand_buckets_are_asked_for_at_once(oss: Oss, scripted: Scripted) -> None:
    scripted.answers = [buckets("a")]
    assert len(list(oss.list_buckets())) == 1
    assert scripted.targets == ["/?max-keys=1000"]
    assert "certdeploy" in scripted.heads[0]["user-agent"].split("/")


def test_a_page_that_fails_is_not_the_end_of_the_list(oss: Oss, scripted: Scripted) -> None:
    scripted.answers = [buckets("a", then="a"), refusal(403, "AccessDenied")]
    with pytest.raises(CloudDeniedError, match="ListBuckets: AccessDenied: "):
        list(oss.list_buckets(1))


@pytest.mark.parametrize("marker", ["", "a"])
def test_a_list_that_goes_on_without_saying_where_is_not_taken_for_the_whole(
    oss: Oss, scripted: Scripted, marker: str
) -> None:
    more = f"<IsTruncated>true</IsTruncated><NextMarker>{marker}</NextMarker>"
    page = reply(f"<ListAllMyBucketsResult>{more}</ListAllMyBucketsResult>")
    scripted.answers = [buckets("a", then="a"), page]
    with pytest.raises(UnreadableAnswerError, match="ListBuckets: UnreadableAnswer: NextMarker: "):
        list(oss.list_buckets(1))


def test_a_bucket_without_bindings_has_none(oss: Oss, scripted: Scripted) -> None:
    scripted.answers = [reply("<ListCnameResult><Bucket>bucket-one</Bucket></ListCnameResult>")]
    assert oss.list_cname("bucket-one", "cn-beijing") == []
    assert scripted.targets == ["/bucket-one/?cname="]


def test_a_key_without_a_token_sends_none(scripted: Scripted) -> None:
    scripted.answers = [buckets()]
    for key in (KEY, Credentials("a", "b")):
        list(Oss(at(scripted, key)).list_buckets())
    assert [head.get("x-oss-security-token") for head in scripted.heads] == [KEY.security_token, None]
    assert "Credential=a/" in scripted.heads[1]["authorization"]


def test_a_renewed_key_signs_the_next_call(scripted: Scripted, pauses: Pauses) -> None:
    keys = iter([Credentials("first", "s"), Credentials("second", "s"), Credentials("second", "s")])
    oss = Oss(OpenApi(lambda: next(keys), endpoint=scripted.endpoint, sleep=pauses))
    scripted.answers = [refusal(503, "ServiceUnavailable"), buckets()]
    list(oss.list_buckets())
    list(oss.list_buckets())
    signed = [head["authorization"].split("Credential=")[1].split("/")[0] for head in scripted.heads]
    assert signed == ["first", "second", "second"]


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refusal(400, "InvalidArgument"), CloudRejectedError, "InvalidArgument"),
        (refusal(404, "NoSuchBucket"), CloudRejectedError, "NoSuchBucket"),
        (refusal(403, "AccessDenied"), CloudDeniedError, "AccessDenied"),
        (refusal(403, "InvalidAccessKeyId"), CloudCredentialsError, "InvalidAccessKeyId"),
        (refusal(503, "RequestLimitExceeded"), CloudThrottledError, "RequestLimitExceeded"),
        (refusal(409, "OperationBusy"), CloudBusyError, "OperationBusy"),
        (refusal(500, "InternalError"), CloudUnavailableError, "InternalError"),
        ((503, b"", {}), CloudUnavailableError, "BadErrorResponse"),
    ],
)
def test_a_change_that_is_refused_is_one_kind_of_error(
    oss: Oss, scripted: Scripted, answer: Reply, kind: type[CloudError], code: str
) -> None:
    scripted.answers = [answer]
    with pytest.raises(CloudError, match=f"PutCname: {code}: ") as caught:
        change(oss)
    error = caught.value
    assert (type(error), error.cloud_code) == (kind, code)
    assert error.__context__ is None
    again = kind in (CloudThrottledError, CloudBusyError)
    assert len(scripted.targets) == (4 if again else 1)


def test_a_refusal_keeps_what_support_asks_for_and_no_secret(oss: Oss, scripted: Scripted) -> None:
    scripted.answers = [refusal(400, "InvalidArgument", "because; password=SECRET")]
    with pytest.raises(CloudRejectedError) as caught:
        change(oss)
    assert str(caught.value) == (
        "PutCname: InvalidArgument: because; password=[…] (EC 0018-1) (RequestId R-1)"
    )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (reply("<Error><Message>because</Message></Error>", 400), "HTTP 400: because (EC -)"),
        (reply("<Error><Code>InvalidArgument</Code></Error>", 400), "InvalidArgument: no message (EC -)"),
    ],
)
def test_a_refusal_that_says_little_is_told_as_such(
    oss: Oss, scripted: Scripted, answer: Reply, told: str
) -> None:
    scripted.answers = [answer]
    with pytest.raises(CloudRejectedError) as caught:
        change(oss)
    assert str(caught.value) == f"PutCname: {told} (RequestId -)"


def test_an_answer_that_cannot_be_read_is_no_answer(oss: Oss, scripted: Scripted) -> None:
    scripted.answers = [(200, b"<html>SECRET", {})]
    with pytest.raises(
        CloudUnavailableError, match=r"^ListCname: NoAnswer: no readable answer of \S+ \(\w+\)"
    ) as caught:
        oss.list_cname("bucket-one", "cn-beijing")
    assert "SECRET" not in str(caught.value)
    assert len(scripted.targets) == 4


def test_nothing_was_sent_where_nothing_listens(closed_port: int, pauses: Pauses) -> None:
    oss = Oss(OpenApi(fixed(KEY), endpoint=f"http://127.0.0.1:{closed_port}", sleep=pauses))
    told = r"^PutCname: ConnectionFailed: no connection to 127.0.0.1:\d+ could be made \(RequestId -\)$"
    with pytest.raises(NotSentError, match=told):
        change(oss)
    assert len(pauses.seconds) == 3, "hence even a write may be tried again"


_ROOT = "ListAllMyBucketsResult"
_ONE = "<Buckets><Bucket><Name>bucket-one</Name><Region>cn-beijing</Region></Bucket></Buckets>"
_LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))


def declaring(declarations: str, name: str) -> bytes:
    named = _ONE.replace("bucket-one", f"&{name};")
    return f"<!DOCTYPE {_ROOT} [{declarations}]><{_ROOT}>{named}</{_ROOT}>".encode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the answer: it is empty"),
        (b" \n", "the answer: it is empty"),
        (declaring('<!ENTITY a "bucket-one">', "a"), "the answer: it declares a document type"),
        (declaring(f'<!ENTITY a "ha">{_LAUGHS}', "i"), "the answer: it declares a document type"),
        (declaring('<!ENTITY a SYSTEM "file:///etc/hosts">', "a"), "the answer: it declares a document type"),
        (f"<{_ROOT}>{' ' * 2**24}</{_ROOT}>".encode(), "the answer: it has more than 16777216 bytes"),
        (f'<{_ROOT} xmlns="http://doc.example.com">{_ONE}</{_ROOT}>'.encode(), "elements of a namespace"),
        (f'<o:{_ROOT} xmlns:o="u">{_ONE}</o:{_ROOT}>'.encode(), "elements of a namespace"),
        (f"<{_ROOT}><IsTruncated>maybe</IsTruncated>{_ONE}</{_ROOT}>".encode(), "IsTruncated: true or false"),
        (f"<{_ROOT}>{_ONE}{_ONE}</{_ROOT}>".encode(), "Buckets: one list was expected"),
        (f"<{_ROOT}><Buckets>bucket-one</Buckets></{_ROOT}>".encode(), "Buckets: one list was expected"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_an_answer_that_would_be_misread_is_an_error_and_no_list(
    oss: Oss, scripted: Scripted, body: bytes, why: str
) -> None:
    scripted.answers = [(200, body, {"x-oss-request-id": "R-1"})]
    with pytest.raises(UnreadableAnswerError, match=why) as caught:
        list(oss.list_buckets())
    assert caught.value.request_id == "R-1"
    assert len(scripted.targets) == 1, "it would be the same"


@pytest.mark.parametrize(
    "body", [b"<html>no</html>", b"<Error/>", b"{}", b"<ListAllMyBucketsResult><Buck", b"\x00", b"&nbsp;"]
)
def test_what_is_no_list_at_all_is_asked_for_again(oss: Oss, scripted: Scripted, body: bytes) -> None:
    scripted.answers = [(200, body, {}), buckets("a")]
    assert [found.name for found in oss.list_buckets()] == ["a"]
