"""`--stack`: commands work through the functions of a stack, with the rights of their roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from cli.session import session
from emulator.cloud import Cloud
from shared.cloud.credentials import Credentials
from shared.runtime.settings import read_settings
from shared.services import read_state
from tests.functional.cli.conftest import SHOP, Command, Ran
from tests.functional.cli.deployed import NAME, Deployed
from tests.functional.cli.findings import about, marks


@pytest.fixture
def own(informed: Command) -> Command:
    """The command on the state of the stack, which is within reach."""
    return informed


@pytest.fixture
def deployed(own: Command, cloud: Cloud) -> Deployed:
    key = Credentials(cloud.key.access_key_id, cloud.key.access_key_secret)
    cloud.functions = made = Deployed(read_settings(), key)
    return made


@pytest.fixture
def far(own: Command, deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """The command on the stack, whose state is out of reach."""

    def run(*arguments: str) -> Ran:
        with monkeypatch.context() as here:
            for variable in ("STATE", "TLS", "ROOTS"):
                here.delenv(f"CERTDEPLOY_{variable}")
            return own("--stack", NAME, "--region", "cn-hangzhou", *arguments)

    return run


ROOT = Path(__file__).parents[3]
REMOVED = "certdeploy: Contact 7 does not exist: `certdeploy contact list` shows those that do\n"
LOOKING = [
    "certificate list",
    f"certificate show {SHOP}",
    "resource list --all",
    "resource list --json",
    "resource show CDN/-/www.example.com",
    "job preview --certificate RENEWED",
    "job list",
    "contact list",
    "quota show",
    "quota history",
    "policy show",
    "deadletters list",
    "status",
]


@pytest.mark.long
@pytest.mark.parametrize("line", LOOKING)
def test_what_only_looks_shows_the_same_as_on_the_state_itself(own: Command, far: Command, line: str) -> None:
    words = line.replace("RENEWED", str(_renewed(own))).split()
    near = own(*words)

    seen = far(*words)

    assert seen == near


@pytest.mark.long
def test_what_only_looks_invokes_nothing_but_the_function_that_reads(
    far: Command, deployed: Deployed
) -> None:
    far("resource", "list")

    assert set(deployed.asked) == {"read_state"}


@pytest.mark.long
def test_a_list_longer_than_an_answer_may_be_comes_by_pages(
    own: Command, far: Command, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = own("resource", "list", "--all")
    far("resource", "list", "--all")
    at_once = len(deployed.asked)
    monkeypatch.setattr(read_state, "_BYTES", 1500)

    seen = far("resource", "list", "--all")

    assert seen.out == near.out
    assert len(deployed.asked) - at_once > at_once, "the answers were not shortened"


@pytest.mark.long
def test_a_job_is_drafted_edited_submitted_cancelled_and_deleted_by_the_functions_that_may(
    own: Command, far: Command, deployed: Deployed
) -> None:
    cert = str(_renewed(own))
    made = far("job", "create", "--name", "by hand", "--certificate", cert, "--draft", "--json").json["Job"]
    job = str(made["JobId"])
    assert made["Status"] == "editing"
    assert "create_deployment_job" in deployed.asked

    assert far("job", "edit", job, "--name", "renamed").code == 0
    submitted = far("job", "submit", job, "--yes", "--json")
    assert submitted.json["Job"]["Name"] == "renamed"
    assert "certdeploy serve" not in submitted.err
    assert far("job", "cancel", job, "--yes").code == 0
    assert far("job", "delete", job, "--yes").code == 0
    assert own("job", "list", "--json").json["Jobs"] == []


def test_who_asked_is_told_to_the_function_which_cannot_see_it(own: Command, far: Command) -> None:
    far("job", "create", "--name", "by hand", "--certificate", str(_renewed(own)), "--draft")

    (job,) = own("job", "list", "--json").json["Jobs"]

    (by,) = job["DraftedBy"]
    assert (by[:9], by[-9:]) == ("acs:ram::", " (stated)")


def test_contacts_and_the_quota_are_changed_by_their_functions(own: Command, far: Command) -> None:
    assert far("contact", "add", "--name", "oncall", "--channel", "email=ops@example.com").code == 0
    assert far("quota", "add", "7").code == 0

    assert [one["Name"] for one in own("contact", "list", "--json").json["Contacts"]] == ["oncall"]
    assert own("quota", "show", "--json").json["Quota"]["Bought"] == 7


@pytest.mark.long
def test_policies_are_set_by_their_function(own: Command, far: Command, deployed: Deployed) -> None:
    file = str(ROOT / "docs" / "policies.yaml")

    assert far("policy", "set", file).code == 0

    assert deployed.asked[-1] == "manage_installation"
    assert own("policy", "show", "--json").json["Text"] == (ROOT / "docs" / "policies.yaml").read_text()
    refused = far("policy", "set", file, "--if-version", "7")
    assert (refused.code, "policies" in refused.err) == (5, True), refused.err


@pytest.mark.long
def test_certificates_are_looked_at_and_deleted_by_the_function_that_may(
    own: Command, far: Command, deployed: Deployed, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.services.needed.default_products", lambda: ())
    world, renewed = session().world(), "10743322-cn-hangzhou"
    record = world.certificates.get(renewed)
    past = world.clock() - timedelta(days=60)
    ended = record.certificate.evolve(not_before=past - timedelta(days=90), not_after=past)
    world.certificates.save(record.evolve(certificate=ended))
    plan = far("certificate", "clean-up", "--preview", "--json")
    assert (plan.code, deployed.asked[-1]) == (0, "clean_up_certificates"), plan.err
    assert plan.json == own("certificate", "clean-up", "--preview", "--json").json
    refused = far("certificate", "clean-up", "--only", "WAF", "--preview")
    assert (refused.code, "Only: WAF is none of CAS" in refused.err) == (2, True)

    done = far("certificate", "clean-up", "--yes", "--json")

    assert [(one["CertIdentifier"], one["Fate"]) for one in done.json["Certificates"]] == [
        (renewed, "deleted")
    ]
    assert cloud.service("cas").find(renewed) is None


def test_dead_letters_are_dropped_by_their_function(own: Command, far: Command) -> None:
    failed = str(ROOT / "events" / "record_dead_letter.failed.json")
    assert far("invoke", "record_dead_letter", failed).code == 0

    dropped = far("deadletters", "drop", "--all", "--json")

    assert len(dropped.json["Dropped"]) == 1
    assert own("deadletters", "list", "--json").json["DeadLetters"] == []


def test_what_a_function_refuses_is_told_in_its_words(far: Command) -> None:
    refused = far("contact", "remove", "7")

    assert (refused.code, refused.err) == (5, REMOVED)


def test_a_stack_that_is_not_there_is_told_as_one(own: Command, deployed: Deployed) -> None:
    missing = own("--stack", "other", "job", "list")

    assert missing.code == 5
    assert "Function other-read_state does not exist: cn-hangzhou has no stack other" in missing.err


def test_a_variable_names_the_stack(
    own: Command, far: Command, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTDEPLOY_STACK", NAME)

    assert own("job", "list").code == 0

    assert deployed.asked


@pytest.mark.parametrize("line", ["state check", "serve", "state export -"])
def test_what_is_done_with_a_state_itself_is_refused_on_a_stack(far: Command, line: str) -> None:
    refused = far(*line.split())

    assert (refused.code, refused.err) == (
        2,
        f"certdeploy: this is done with a state, not with a stack ({NAME})\n",
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--stack", "a b"), "--stack: a stack's name begins with a small letter"),
        (("--stack", "Shop"), "has small letters, digits and hyphens, at most 32"),
        (("--stack", NAME, "--region", "moon"), "--region: "),
    ],
)
def test_a_name_that_no_stack_and_no_region_has_is_refused(
    own: Command, options: tuple[str, ...], told: str
) -> None:
    refused = own(*options, "job", "list")

    assert refused.code == 2
    assert told in refused.err


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ('{"Rows": {"Table": "leases", "Keys": []}}', "Table: there are certificates"),
        ('{"Rows": {"Table": "jobs", "Keys": [["-"]]}}', "jobs: a key is owner (str), job_id (int)"),
        ('{"Range": {"Table": "jobs", "Prefix": [1]}}', "jobs: a key is owner (str), job_id (int)"),
        ('{"Range": {"Table": "jobs", "Prefix": ["-"], "After": ["x", 1]}}', "it is no row of the range"),
        ("{}", "expected exactly one of Rows, Range, Settings"),
    ],
)
def test_a_reading_of_another_form_is_refused_with_the_form(
    far: Command, tmp_path: Path, request_: str, told: str
) -> None:
    asked = tmp_path / "asked.json"
    asked.write_text(request_)

    refused = far("invoke", "read_state", str(asked))

    assert (refused.code, told in refused.err) == (2, True), refused.err


def _renewed(own: Command) -> int:
    """The certificate that replaces the shop's."""
    found = own("certificate", "list", "--json").json["Certificates"]
    return next(int(one["CertId"]) for one in found if one["Name"] == "renewed")


def test_the_doctor_looks_from_where_the_stack_runs(
    far: Callable[..., Ran], deployed: Deployed, cloud: Cloud
) -> None:
    """With the rights of that function's role: products tell by their last discovery."""
    ran = far("doctor", "--json")

    assert (ran.code, ran.err) == (0, "")
    assert deployed.asked[-1] == "check_installation"
    assert {"internet", "permission to write"}.isdisjoint(marks(ran))
    assert {marks(ran)[name] for name in ("key", "clock", "cas cn-hangzhou", "state", "product CDN")} == {
        "ok"
    }
    assert about(ran, "product CDN")["Text"].startswith("1 region, read ")
    assert "DescribeUserDomains" not in {call.action for call in cloud.calls}


@pytest.mark.usefixtures("deployed")
def test_the_doctor_says_that_there_is_no_such_stack(own: Command) -> None:
    ran = own("--stack", "other", "--region", "cn-hangzhou", "doctor", "--json")

    assert (ran.code, ran.err) == (1, "")
    assert "cn-hangzhou has no stack other" in about(ran, "stack other")["Text"]
