"""`resource show`: one slot in full."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.session import session
from emulator.cloud import Cloud
from shared.domain.resources import Placed
from shared.domain.states import JobStatus, WorkerStatus
from shared.products.cdn.adapter import Adapter as Cdn
from tests.builders import NOW, a_job, a_resource, a_worker
from tests.functional.cli.conftest import SHOP, Command

RENEWED = 10743322
WWW = "CDN/-/www.example.com"


def test_a_slot_is_shown_with_what_is_in_place_and_what_may_replace_it_at_80_columns(
    informed: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    ran = informed("resource", "show", WWW)

    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert ran.code == 0
    assert f"Slot {WWW}" in lines
    assert f"Certificate {SHOP}" in lines
    assert "Name in CAS shop" in lines
    assert any(line.startswith("Trust ") for line in lines)
    (row,) = (line for line in lines if line.startswith(str(RENEWED)))
    assert row.startswith(f"{RENEWED} ECC ")
    assert "yes: its names" in row
    assert all(len(line) <= 80 for line in ran.out.splitlines())


def test_a_slot_is_shown_as_json(informed: Command) -> None:
    found = informed("resource", "show", WWW, "--json").json

    assert (found["Slot"], found["Present"]["CertId"]) == (WWW, SHOP)
    assert found["BestCertIdentifier"] == f"{RENEWED}-cn-hangzhou"
    assert [(one["CertIdentifier"], one["ByItself"]) for one in found["Candidates"]] == [
        (f"{RENEWED}-cn-hangzhou", True)
    ]


def test_a_slot_without_a_certificate_says_what_is_missing(informed: Command) -> None:
    ran = informed("resource", "show", "CDN/-/plain.example.com")

    shown = " ".join(ran.out.split())
    assert "HTTPS off Certificate none" in shown
    assert "not by itself: HTTPS is off" in shown


def test_a_slot_that_nothing_covers_says_so(informed: Command) -> None:
    listed = informed("resource", "list", "--all", "--json").json["Resources"]
    (bucket,) = (one for one in listed if one["Product"] == "OSS")

    ran = informed("resource", "show", f"OSS/{bucket['Region'] or '-'}/{bucket['ResourceId']}")

    assert "no other certificate in CAS covers all of its names" in ran.out


def test_a_slot_is_named_as_it_is_shown(informed: Command) -> None:
    assert "CDN/-/bücher.example.com" in informed("resource", "show", "CDN/-/bücher.example.com").out


def touched(job_id: int, days_ago: float) -> None:
    """A job that put a certificate there has ended."""
    world = session().world()
    at = world.clock() - timedelta(days=days_ago)
    world.jobs.save(a_job(job_id, status=JobStatus.SUCCESS, created_at=at))
    world.workers.add(
        [a_worker(1, job_id=job_id, status=WorkerStatus.SUCCESS, finished_at=at, resource=a_resource())]
    )


@pytest.fixture
def fresh(command: Command) -> Command:
    """After a scan of just this cloud: what its edge serves is what CAS told."""
    assert [command("scan").code, command("discover", "--product", "CDN").code] == [0, 0]
    return command


def by_console(cert_id: int) -> None:
    """Somebody puts another certificate on www.example.com."""
    params = {"DomainName": "www.example.com", "SSLProtocol": "on", "CertType": "cas", "CertId": cert_id}
    action = Cdn.actions["SetCdnDomainSSLCertificate"]
    session().app().openapi.call(Cdn.api, action, {**params, "CertRegion": "cn-hangzhou"})


@pytest.mark.parametrize(("settle_s", "served"), [(0.0, RENEWED), (60.0, SHOP)], ids=["settled", "not yet"])
def test_a_slot_is_looked_at_again_what_the_product_tells_and_what_clients_are_served(
    fresh: Command, cloud: Cloud, settle_s: float, served: int
) -> None:
    """What clients are served until the change has settled is not what the product tells."""
    cloud.settle_s = settle_s
    by_console(RENEWED)

    before = fresh("resource", "show", WWW, "--json").json
    found = fresh("resource", "show", WWW, "--look", "--json").json

    (one,) = found["Met"]["Names"]
    assert (before["Present"]["CertId"], found["Present"]["CertId"]) == (SHOP, RENEWED)
    assert ("Met" in before, found["Met"]["Old"]) == (False, "")
    assert (one["ServerName"], one["CertIdentifier"]) == ("www.example.com", f"{served}-cn-hangzhou")
    assert (one["AsRead"], one["Trusted"]) == (served == RENEWED, True)


def test_what_clients_are_served_is_shown_at_80_columns(
    fresh: Command, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    cloud.settle_s = 60.0
    by_console(RENEWED)

    ran = fresh("resource", "show", WWW, "--look")
    shown = " ".join(ran.out.partition("Met by handshakes from this machine")[2].split())
    bare = fresh("resource", "show", "CDN/-/plain.example.com", "--look").out

    assert f"{SHOP}" in shown.partition("Certificates in CAS")[0]
    assert "trust it not what" in shown
    assert "none met" in bare
    assert "UNRECOGNIZED_NAME" in bare
    assert all(len(line) <= 80 for line in (ran.out + bare).splitlines())


def test_a_product_that_cannot_be_read_again_is_told_and_clients_are_asked_all_the_same(
    informed: Command, cloud: Cloud
) -> None:
    cloud.deny("cdn:DescribeUserDomains")

    ran = informed("resource", "show", WWW, "--look")

    assert ran.code == 0
    assert "what is in place may be old: CDN could not be read whole: " in ran.err
    assert "cdn:DescribeUserDomains" in ran.err
    assert "trust it" in ran.out


def test_a_slot_outside_the_scope_is_neither_read_nor_asked(
    informed: Command, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "OSS")
    asked = len(cloud.calls)

    ran = informed("resource", "show", WWW, "--look")

    assert "No handshake was made: outside the scope" in ran.out
    assert (ran.code, len(cloud.calls)) == (0, asked)


def test_of_many_jobs_those_that_were_not_looked_into_are_counted(
    informed: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 15):
        touched(number, days_ago=20 - number)
    shown = informed("resource", "show", WWW)
    monkeypatch.setattr("shared.services.history._WORKERS", 3)
    few = informed("resource", "show", WWW, "--json").json

    assert "4 earlier jobs of CDN were not looked into; `job list --product CDN` lists them." in shown.out
    assert [one["JobId"] for one in few["History"]] == [14, 13, 12]
    assert few["HistoryLeftOut"] == 11


def test_what_a_job_put_there_that_was_deleted_since_is_told(informed: Command) -> None:
    world = session().world()
    never = informed("resource", "show", WWW).out
    touched(8, days_ago=1)
    placed = Placed(cert_identifier=f"{SHOP}-cn-hangzhou", job_id=8, at=NOW)
    world.resources.put(world.resources.get(WWW).resource, world.clock(), placed=placed)

    before = informed("resource", "show", WWW).out
    assert informed("job", "delete", "8", "--yes").code == 0
    after = informed("resource", "show", WWW).out

    assert "No job that is stored has touched it." in never
    assert "stored" not in before
    assert "No job that is stored has touched it." in after
    assert f"Job 8, which is stored no longer, put {SHOP} there on {NOW:%Y-%m-%d %H:%M} UTC." in after


def test_a_slot_that_is_not_known_does_not_exist(informed: Command) -> None:
    ran = informed("resource", "show", "CDN/-/nope.example.com")

    assert (ran.code, ran.out) == (5, "")
    assert ran.err == (
        "certdeploy: Slot CDN/-/nope.example.com does not exist: `certdeploy resource list` shows all\n"
    )


def test_names_of_other_kinds_are_shown_with_the_slot_and_the_certificate(informed: Command) -> None:
    world = session().world()
    record, slot = world.certificates.get(f"{SHOP}-cn-hangzhou"), world.resources.find(WWW)
    assert slot is not None
    others = ("IP:192.0.2.7", "DNS:*.*.example.com")
    world.certificates.save(record.evolve(certificate=record.certificate.evolve(other_names=others)))
    world.resources.put(slot.resource.evolve(other_names=others), world.clock())

    for command in (("resource", "show", WWW), ("certificate", "show", str(SHOP))):
        shown = " ".join(informed(*command).out.split())
        assert "Other names IP:192.0.2.7, DNS:*.*.example.com" in shown
    assert "Other names" not in informed("certificate", "show", str(RENEWED)).out
