"""Listeners of AWS: an exchange of an additional certificate that ends half way, and its rollback."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from emulator import aws as emulated
from emulator.server import Server
from shared.domain.jobs import WorkerResource
from shared.domain.states import WorkerStatus
from shared.services.world import World
from tests.contract.aws_bench import REGION, acm, elb, seen
from tests.contract.bench import Bench
from tests.contract.working import a_world, ask_for_rollback, carry_out, planned
from tests.killing import Killing
from tests.meddling import Cut
from tests.shortened import shortened

W = WorkerStatus
IMPORT, ADD, REMOVE = "ImportCertificate", "AddListenerCertificates", "RemoveListenerCertificates"
_END = "-----END CERTIFICATE-----\n"


@dataclass
class Account:
    """A listener's additional certificate, which is of IAM and known to CAS, is to be exchanged."""

    bench: Bench
    world: World
    killing: Killing
    listener: str

    @property
    def arns(self) -> list[str]:
        rows = elb().describe_listener_certificates(ListenerArn=self.listener)["Certificates"]
        return sorted({row["CertificateArn"] for row in rows})

    def function(self, *, at: int | None = None, refused: int = 0) -> WorkerResource | None:
        """It knows nothing but what is stored; None if it was killed."""
        self.killing.begins(at, refused=refused)
        self.world.sleep(100)  # the lease of the one before runs out
        try:
            return carry_out(self.world, self.bench.adapter_with(seconds=0, page_size=50).adapter)
        except Cut:
            return None

    def rolled_back(self) -> WorkerResource:
        ask_for_rollback(self.world)
        worker = self.function()
        assert worker is not None
        return worker


@pytest.fixture
def account(amazon: Bench, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    pair = amazon.estate.bundle("apart", amazon.cloud.clock())
    meta = emulated.client("iam", REGION).upload_server_certificate(
        ServerCertificateName="by-hand",
        CertificateBody=pair.certificate_pem.partition(_END)[0] + _END,
        PrivateKey=pair.key_pem,
    )
    arn = meta["ServerCertificateMetadata"]["Arn"]
    listener = next(s for s in seen(amazon).by_kind["listener"] if s.instance_name == "front").listener_id
    elb().add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": arn}])
    slot = next(s for s in seen(amazon).by_kind["listener"] if s.resource_id == f"{listener}/{arn}")
    world = a_world(amazon, server, tmp_path / "state.db")
    planned(world, slot, amazon.estate.identifier("new"))
    return Account(amazon, world, Killing(monkeypatch), listener)


@pytest.mark.parametrize(("at", "refused"), shortened(product((1, 2, 3), (1, 99))))
def test_cut_off_after_any_write_and_then_refused_it_is_rolled_back(
    account: Account, at: int, refused: int
) -> None:
    before = account.arns
    assert account.function(at=at) is None
    assert account.killing.writes == [IMPORT, ADD, REMOVE][:at]

    worker = account.function(refused=refused)

    assert worker is not None
    assert worker.status is (W.SUCCESS if at == 3 else W.ERROR)
    both = "the listener has both " in worker.reason and "roll the job back, or take one off" in worker.reason
    assert both == (at == 2)
    worker = account.rolled_back()
    assert worker.status is W.ROLLBACK_SUCCESS, worker.reason
    if at < 3:  # then the one before is back, of ACM by now
        assert account.arns == before
    assert len(account.arns) == len(before)


@pytest.mark.long
def test_a_certificate_that_somebody_put_there_before_is_not_taken_off(account: Account) -> None:
    arn = emulated.import_certificate(REGION, account.bench.estate.bundle("new", account.bench.cloud.clock()))
    elb().add_listener_certificates(ListenerArn=account.listener, Certificates=[{"CertificateArn": arn}])
    before = account.arns

    worker = account.function(refused=1)

    assert worker is not None
    assert account.killing.writes == [REMOVE], worker.reason
    assert worker.half_made == ()
    assert account.rolled_back().status is W.ROLLBACK_SUCCESS
    assert account.arns == before
    assert acm().describe_certificate(CertificateArn=arn)
