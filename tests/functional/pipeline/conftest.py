"""An installation on a small account, with its first scan and discovery behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.estate import parse_estate
from shared.domain.certificates import STORES
from tests.chats import Chats, chatting
from tests.functional.pipeline import states
from tests.functional.pipeline.platform import Platform, discovered, new_platform, wording
from tests.functional.pipeline.rooms import Add, adding
from tests.receiver import SECRET, Receiver, receiving
from tests.seeds import seed_of
from tests.shortened import WHOLE


def pytest_configure(config: pytest.Config) -> None:
    """`pytest tests/functional/pipeline --answers sparse`."""
    wording["answers"] = config.getoption("--answers")


def pytest_runtest_setup(item: pytest.Item) -> None:
    wording["seed"] = seed_of(item)


#: Stories that `make test` tells on Tablestore too.
_ON_TABLESTORE = (
    "test_a_renewed_certificate_reaches_every_slot_that_it_replaces",
    "test_every_slot_gets_back_what_it_had_and_no_other_is_touched",
    "test_of_two_functions_that_claim_a_worker_one_has_it",
    "test_a_region_belongs_to_one_product",
)


#: Those that have one kind of state anyway: by a fixture that shares an account, or looks at it in memory.
_OF_ONE_KIND = {"without_estate", "renewed", "struck", "filling", "two", "on_tablestore"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    told = WHOLE or metafunc.function.__name__ in _ON_TABLESTORE
    if told and not _OF_ONE_KIND & set(metafunc.fixturenames):
        metafunc.parametrize("kind_of_state", states.KINDS, indirect=True)


@pytest.fixture(autouse=True)
def kind_of_state(request: pytest.FixtureRequest) -> Iterator[None]:
    states.chosen["kind"] = getattr(request, "param", states.KINDS[0])
    with states.collecting():
        yield
    states.chosen["kind"] = states.KINDS[0]


_OLD = {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256", "days": 40}
_OTHER = {"names": ["example.org", "*.example.org"], "key": "ecdsa-p256", "days": 40}

#: `old` is on four slots of three products and will be renewed; `other` belongs to somebody else.
ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou", "cn-beijing"],
    "certificates": {"old": _OLD, "other": _OTHER},
    "cdn": [
        {"domain": "www.example.com", "certificate": "old"},
        {"domain": "off.example.com"},
        {"domain": "www.example.org", "certificate": "other"},
    ],
    "alb": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "listeners": [
                {"port": 443, "default": "old", "additional": ["other"]},
                {"port": 444, "default": "other", "additional": ["old"]},
            ],
        },
        {"name": "far", "region": "cn-beijing", "listeners": [{"port": 443, "default": "other"}]},
    ],
    "oss": [
        {
            "bucket": "bucket-one",
            "region": "cn-beijing",
            "cnames": [{"domain": "img.example.com", "certificate": "old"}],
        }
    ],
}
#: Less of it, for stories that are told again and again: a domain, and a listener's additional certificate.
TWO_SLOTS: dict[str, Any] = {
    "regions": ["cn-hangzhou"],
    "certificates": {"old": _OLD, "other": _OTHER},
    "cdn": [{"domain": "www.example.com", "certificate": "old"}],
    "alb": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "listeners": [{"port": 443, "default": "other", "additional": ["old"]}],
        }
    ],
}
NAMES = ("example.com", "*.example.com")


def a_waf_of(domains: int) -> dict[str, Any]:
    """An account with a WAF instance of cn-hangzhou, each domain of which is asked for by itself."""
    return {
        "certificates": {"old": _OLD},
        "waf": [
            {
                "region": "cn-hangzhou",
                "default": "old",
                "domains": [
                    {"domain": f"{number:03}.example.com", "certificate": "old"} for number in range(domains)
                ],
            }
        ],
    }


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Platform]:
    """Nothing has run yet."""
    with new_platform(ESTATE, tmp_path) as made:
        yield made


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """The baseline is scanned, the slots are discovered, nothing is under way."""
    with discovered(ESTATE, tmp_path) as made:
        made.cloud.calls.clear()
        yield made


@pytest.fixture(scope="module")
def without_estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with new_platform({}, tmp_path_factory.mktemp("account"), stores=STORES) as made:
        yield made


@pytest.fixture
def account(without_estate: Platform) -> Platform:
    """With an empty CAS, and all of its stores: one for a whole module."""
    without_estate.cloud.load(parse_estate({}))
    without_estate.cloud.reset()
    without_estate.cloud.answers.seed = wording["seed"]
    return without_estate


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def told(receiver: Receiver, tmp_path: Path) -> Iterator[Platform]:
    """As `platform`, and the owner has a receiver."""
    with discovered(ESTATE, tmp_path, webhook_url=receiver.url, webhook_secret=SECRET) as made:
        yield made


@pytest.fixture
def chats() -> Iterator[Chats]:
    with chatting() as found:
        yield found


@pytest.fixture
def chatty(chats: Chats, tmp_path: Path) -> Iterator[Platform]:
    """As `platform`, with chat services."""
    with discovered(ESTATE, tmp_path, chat_endpoint=chats.endpoint) as made:
        chats.now = lambda: made.clock().timestamp()
        yield made


@pytest.fixture
def add(chatty: Platform, chats: Chats, tmp_path: Path) -> Add:
    """Adds a contact with robots of these services; its id."""
    return adding(chatty, chats, tmp_path)
