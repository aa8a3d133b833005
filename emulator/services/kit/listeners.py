"""How ALB and NLB change the certificates of listeners alike: by jobs.

A change is a job: the listener is `Configuring` and certificates `Associating`/`Diassociating`
until it has settled; the edge serves the former ones so long. A listener takes one change at once.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.estate import reaches
from emulator.places import Place
from emulator.service import Account
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit import listener_model as model
from emulator.services.kit.balancers import BalancerService
from emulator.services.kit.listener_model import Certificates, Job, Listener, LoadBalancer


class ListenerService(BalancerService):
    most_per_call: ClassVar[int]

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._jobs: dict[str, Job] = {}
        self._tokens: dict[str, tuple[object, str]] = {}  #: ClientToken -> the change, its job

    @abstractmethod
    def quota(self, balancer: LoadBalancer) -> int:
        """How many additional certificates an instance may have, default ones not counted."""

    def held(self) -> Iterator[Place]:
        """The names of a listener's place are those of the certificate in place."""
        cas = self.cloud.service(Cas)
        for listener in self._all_listeners():
            balancer, bound = listener.balancer, listener.certificates.value
            for identifier in bound.all if listener.protocol in self.tls else ():
                row = cas.find(identifier)
                yield Place(
                    self.api.upper(),
                    balancer.region,
                    ",".join(row.bundle.names) if row else "",
                    identifier,
                    partial(self._take, listener, identifier),
                    balancer.id,
                    f"{listener.id}@{listener.port}",
                    listener.port,
                    identifier == bound.default,
                )

    def _take(self, listener: Listener, before: str, identifier: str) -> None:
        """From CAS itself, in the place of another one."""
        self._changeable(listener, "ResourceInConfiguring")
        row, bound = self.cloud.service(Cas).given(identifier), listener.certificates.value
        if not reaches(row.store, listener.balancer.region):
            raise ApiError(404, "ResourceNotFound.Certificate", f"{identifier} is not found here.")
        if identifier in bound.all:
            raise _already_associated(identifier)
        default = identifier if bound.default == before else bound.default
        additional = tuple(identifier if one == before else one for one in bound.additional)
        now = self.cloud.clock()
        wanted = Certificates(default, additional)
        listener.certificates.set(wanted, now=now, until=model.settles(now, self.cloud.settle_s))

    def update(self, call: Call, identifiers: Sequence[str] | None, plain: frozenset[str]) -> Answer:
        """UpdateListenerAttribute: the default certificate, if one is given, and `plain` attributes."""
        listener, params = self.find(call), call.params
        if done := self._done_before(call):
            return done
        self._changeable(listener, "IncorrectStatus")
        wanted = listener.certificates.value
        if identifiers is not None:
            self._check(call, identifiers, most=1)
            if identifiers[0] in wanted.additional:
                raise _already_associated(identifiers[0])
            wanted = Certificates(identifiers[0], wanted.additional)
        job = self._start(call, listener, wanted, "Update")
        listener.attributes |= {name: params[name] for name in plain & set(params)}
        return job

    def associate(self, call: Call, identifiers: Sequence[str]) -> Answer:
        listener = self.find(call)
        if done := self._done_before(call):
            return done
        self._changeable(listener, "ResourceInConfiguring")
        now = listener.certificates.value
        self._check(call, identifiers, most=self.most_per_call)
        if now.default is None:  # [guess]
            code = f"IncorrectStatus.{self.listener_word}"
            raise ApiError(400, code, "The listener has no default yet.")
        for identifier in identifiers:
            if identifier in now.all:
                raise _already_associated(identifier)
        balancer = listener.balancer
        if balancer.additional_in_use + len(identifiers) > self.quota(balancer):
            raise ApiError(  # the class is documented, the last part guessed
                400, "QuotaExceeded.LoadBalancerCertificatesNum", "The quota is exceeded."
            )
        wanted = Certificates(now.default, now.additional + tuple(identifiers))
        return self._start(call, listener, wanted, "Associate")

    def dissociate(self, call: Call, identifiers: Sequence[str]) -> Answer:
        listener = self.find(call)
        if done := self._done_before(call):
            return done
        self._changeable(listener, "ResourceInConfiguring")
        now = listener.certificates.value
        _sized(identifiers, self.most_per_call)
        for identifier in identifiers:
            if identifier == now.default:  # [guess] the code; the refusal is documented
                raise ApiError(400, "OperationDenied.DefaultCertificate", "The default can only be replaced.")
            if identifier not in now.additional:
                raise ApiError(
                    400,
                    "ResourceNotAssociated.Certificate",
                    f"The specified resource {identifier} is not associated.",
                )
        return self._start(call, listener, now.without(set(identifiers)), "Dissociate")

    def _start(self, call: Call, listener: Listener, wanted: Certificates, kind: str) -> Answer:
        if call.params.get("DryRun"):
            raise ApiError(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.")
        now = self.cloud.clock()
        ends = model.settles(now, self.cloud.settle_s)
        listener.certificates.set(wanted, now=now, until=ends)
        job = Job(call.request_id.lower(), call.action, kind, listener.id, call.region, now, ends)
        self._jobs[job.id] = job
        if token := call.params.get("ClientToken"):
            self._tokens[token] = (_change(call), job.id)
        return {"JobId": job.id}

    def _done_before(self, call: Call) -> Answer | None:
        """The first answer again, if this ClientToken has made the very same change before."""
        change, job_id = self._tokens.get(call.params.get("ClientToken", ""), (None, ""))
        if change is None:
            return None
        if change != _change(call):
            raise ApiError(
                400,
                "IdempotenceSignatureMismatch",
                "The idempotence token of request is same with the prev one, but the signature is different.",
            )
        return {"JobId": job_id}

    def _changeable(self, listener: Listener, busy: str) -> None:
        if listener.balancer.managed:
            raise ApiError(400, "OperationDenied.ServiceManagedResource", "The resource is managed by ACK.")
        if not listener.certificates.settled(self.cloud.clock()):
            code = f"{busy}.{self.listener_word}"
            raise ApiError(400, code, f"The listener {listener.id} is being configured.")
        if listener.protocol not in self.tls:  # [guess] the code
            code = "InvalidParameter.ListenerProtocol"
            raise ApiError(400, code, f"{listener.protocol} has no certificates.")

    def _check(self, call: Call, identifiers: Sequence[str], *, most: int) -> None:
        _sized(identifiers, most)
        cas = self.cloud.service(Cas)
        for identifier in identifiers:
            row = cas.find(identifier)
            if row is None or not row.deployable or not reaches(row.store, call.region):
                raise ApiError(
                    404,
                    "ResourceNotFound.Certificate",
                    f"The specified resource {identifier} is not found.",
                )


def _already_associated(identifier: str) -> ApiError:
    return ApiError(
        400,
        "ResourceAlreadyAssociated.Certificate",
        f"The specified resource {identifier} is already associated.",
    )


def _sized(identifiers: Sequence[str], most: int) -> None:
    if not 1 <= len(identifiers) <= most or len(set(identifiers)) != len(identifiers):
        raise ApiError(400, "IllegalParamSize.Certificates", f"Takes 1 to {most} different certificates.")


def _change(call: Call) -> object:
    return call.action, call.region, repr(sorted(call.params.items()))
