"""Before a job is created: what else it changes is told, and a job of very many slots needs a yes."""

from __future__ import annotations

import io

import pytest

from cli.session import session
from shared.domain.resources import CloudProduct
from tests.functional.cli.conftest import SHOP, Command

RENEWED = 10743322
CREATE = ("job", "create", "--name", "spring", "--certificate", str(RENEWED))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def with_slots(count: int) -> None:
    """So many slots that match, of which the first two were discovered."""
    resources = session().world().resources
    record = next(
        one for one in resources.list(CloudProduct.CDN) if one.resource.resource_id == "www.example.com"
    )
    for number in range(count - 2):
        name = f"n{number}.example.com"
        resources.put(record.resource.evolve(resource_id=name, domains=(name,)), record.seen_at)


def jobs(command: Command) -> list[str]:
    return [job["Name"] for job in command("job", "list", "--json").json["Jobs"]]


def test_what_changes_beside_the_certificate_is_counted_when_a_job_is_created(informed: Command) -> None:
    world = session().world()
    record = world.certificates.get(f"{SHOP}-cn-hangzhou")
    world.certificates.save(record.evolve(certificate=record.certificate.evolve(algorithm="RSA")))

    ran = informed(*CREATE, "--json")
    previewed = informed("job", "preview", "--certificate", str(RENEWED), "--json").json

    assert ran.code == 0
    assert ran.err.splitlines()[0] == "2 slots: the kind of key changes"
    assert previewed["Warnings"] == [
        {"Code": "key", "Slots": 2, "Text": "the kind of key changes"},
    ]


@pytest.mark.parametrize("json", [(), ("--json",)], ids=["as a table", "as JSON"])
def test_a_job_of_more_than_a_hundred_slots_is_refused_where_nobody_can_be_asked(
    informed: Command, json: tuple[str, ...]
) -> None:
    with_slots(101)

    ran = informed(*CREATE, *json)

    assert ran.code == 2
    assert "not a terminal, cannot ask for confirmation; pass --yes (nothing was changed)" in ran.err
    assert jobs(informed) == []


def test_a_job_of_a_hundred_slots_needs_no_yes(informed: Command) -> None:
    with_slots(100)

    assert informed(*CREATE).code == 0


@pytest.mark.parametrize("way", ["--yes", "--draft", "--digest"])
def test_a_yes_a_digest_or_a_draft_needs_no_answer(informed: Command, way: str) -> None:
    with_slots(101)
    digest = informed("job", "preview", "--certificate", str(RENEWED), "--json").json["Digest"]

    ran = informed(*CREATE, way, *([digest] if way == "--digest" else []))

    assert ran.code == 0
    assert jobs(informed) == ["spring"]


@pytest.mark.parametrize(("answer", "created"), [("y\n", ["spring"]), ("n\n", [])])
def test_on_a_terminal_the_question_is_asked(
    informed: Command, monkeypatch: pytest.MonkeyPatch, answer: str, created: list[str]
) -> None:
    with_slots(101)
    monkeypatch.setattr("sys.stdin", Terminal(answer))

    ran = informed(*CREATE)

    assert "Deploy to 101 slots?" in ran.err
    assert ran.code == (0 if created else 1)
    assert jobs(informed) == created
