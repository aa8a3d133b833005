"""GA 2019-11-20: accelerators, and the default and per-domain certificates of HTTPS listeners.

A change locks the whole accelerator until it has settled. Which settings `UpdateListener` resets
when they are left out is not documented: the estate's `resets` says so for each listener.
That a ClientToken is remembered, and codes where no page names one, are guesses and marked.
Not emulated: endpoint groups, access control, basic accelerators, the rule of subscription
instances that an ECC default wants ECC additional ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle
from emulator.estate import Estate
from emulator.places import Place
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.ga import model
from emulator.services.ga.model import Accelerator, Certificates, Listener, build
from emulator.services.kit.listener_model import PREFERS
from emulator.services.kit.paging import numbered_page, page

MOST_PER_CALL = 10
MOST_PER_PAGE = 50
QUOTA = 25  #: additional certificates of one listener
NOT_EMULATED = frozenset({"BackendPorts", "PortRanges", "Protocol"})


class Service(EmulatedService):
    api = "ga"
    version = "2019-11-20"
    ram = "ga"
    busy = ((400, "GA_NOT_STEADY"),)
    hosts = ("ga.cn-hangzhou.aliyuncs.com", "ga-vpc.cn-hangzhou.aliyuncs.com")

    #: whose certificate is served for a domain that has one of its own, and that the default covers
    switches: ClassVar = {"prefers": PREFERS}

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._accelerators: list[Accelerator] = []
        self._tokens: dict[str, tuple[object, Answer]] = {}  #: ClientToken -> the change, its answer

    def load(self, estate: Estate) -> None:
        self._accelerators = build(estate)

    def uses(self, identifier: str) -> bool:
        return any(identifier in listener.certificates.value.all for _, listener in self._all())

    def held(self) -> Iterator[Place]:
        """Its default's names are those of the certificate in place."""
        cas = self.cloud.service(Cas)
        for accelerator, listener in self._all():
            bound = listener.certificates.value
            default = cas.find(bound.default) if bound.default else None
            names = ",".join(default.bundle.names) if default else ""
            rows = [("", names, bound.default), *((name, name, one) for name, one in bound.additional)]
            for name, told, in_place in rows if listener.protocol == "HTTPS" else ():
                yield Place(
                    "GA",
                    "",
                    told,
                    in_place or "",
                    partial(self._take, accelerator, listener, name),
                    accelerator.id,
                    f"{listener.id}@{listener.port}",
                    listener.port,
                    not name,
                )

    def _take(self, accelerator: Accelerator, listener: Listener, name: str, identifier: str) -> None:
        """From CAS itself. `name`: the domain whose certificate it is, "" for the default."""
        self.cloud.service(Cas).given(identifier)
        now, bound = self.cloud.clock(), listener.certificates.value
        if accelerator.busy(now):
            raise ApiError(400, "GA_NOT_STEADY", "The accelerator is being configured.")
        additional = tuple((one, identifier if one == name else held) for one, held in bound.additional)
        wanted = Certificates(bound.default if name else identifier, additional)
        listener.certificates.set(wanted, now=now, until=now + timedelta(seconds=self.cloud.settle_s))

    def slots(self) -> list[tuple[str, str]]:
        """Each HTTPS listener without a server name (its default), and each domain with its own."""
        return [
            (_address(accelerator, listener), name)
            for accelerator, listener in self._all()
            if listener.protocol == "HTTPS"
            for name in ("", *(d.replace("*", "any", 1) for d, _ in listener.certificates.value.additional))
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        for accelerator, listener in self._all():
            if _address(accelerator, listener) == host:
                held, cas = listener.certificates.served(self.cloud.clock()), self.cloud.service(Cas)
                default, own = (
                    cas.find(i) if i else None for i in (held.default, held.for_name(server_name))
                )
                preferred = self.behaviour["prefers"] == "default" and server_name
                row = default if default and preferred and default.bundle.covers(server_name) else own
                return (row.bundle,) if row and accelerator.state == "active" else ()
        return None

    def cipher_policy(self, host: str) -> str:
        found = (row for accelerator, row in self._all() if _address(accelerator, row) == host)
        listener = next((row for row in found if row.protocol == "HTTPS"), None)
        return str(listener.settings.get("SecurityPolicyId", "")) if listener else ""

    def ListAccelerators(self, call: Call) -> Answer:
        _in_region(call)
        params, now = call.params, self.cloud.clock()
        rows = [model.accelerator_item(row, now) for row in self._accelerators]
        rows = [
            row
            for row in rows
            if params.get("AcceleratorId") in (None, row["AcceleratorId"])
            and params.get("State") in (None, row["State"])
        ]
        return numbered_page(params, "Accelerators", rows, most=MOST_PER_PAGE)

    def DescribeAccelerator(self, call: Call) -> Answer:
        item = model.accelerator_item(self._accelerator(call), self.cloud.clock())
        return {name: value for name, value in item.items() if name != "Type"}

    def ListListeners(self, call: Call) -> Answer:
        accelerator, now = self._accelerator(call), self.cloud.clock()
        wanted = call.params.get("Protocol")
        if wanted is not None and wanted not in ("tcp", "udp", "http", "https"):  # [guess] the code
            raise ApiError(400, "IllegalParameter.Protocol", "Protocol takes tcp, udp, http, https.")
        rows = [
            model.listener_item(listener, accelerator, now)
            for listener in accelerator.listeners
            if wanted in (None, listener.protocol.lower())
        ]
        return numbered_page(call.params, "Listeners", rows, most=MOST_PER_PAGE)

    def DescribeListener(self, call: Call) -> Answer:
        accelerator, listener = self._listener(call)
        return model.listener_item(listener, accelerator, self.cloud.clock())

    def ListListenerCertificates(self, call: Call) -> Answer:
        _, listener = self._listener(call)
        role = call.params.get("Role") or ""
        rows = model.certificate_items(listener, self.cloud.clock())
        if role:
            rows = [row for row in rows if row["IsDefault"] == (role == "default")]
        return page(call.params, "Certificates", rows, most=MOST_PER_PAGE)

    def UpdateListener(self, call: Call) -> Answer:
        accelerator, listener = self._listener(call)
        params = call.params
        if ignored := sorted(NOT_EMULATED & set(params)):
            raise ApiError(501, "NotEmulated", f"{', '.join(ignored)}: not emulated.")
        now = listener.certificates.value
        identifiers = [str(item.get("Id", "")) for item in params.get("Certificates", [])]
        if len(identifiers) > 1:  # [guess] the code
            raise ApiError(400, "IllegalParameter.Certificates", "Takes one default certificate.")
        wanted = replace(now, default=identifiers[0]) if identifiers else now
        answer = self._change(call, accelerator, listener, wanted, identifiers, {})
        listener.name = params.get("Name", listener.name)
        listener.settings |= {name: model.DEFAULTS[name] for name in listener.resets}
        listener.settings |= _settings(params)
        self.forget(listener.settings)
        return answer

    def UpdateAdditionalCertificateWithListener(self, call: Call) -> Answer:
        accelerator, listener = self._listener(call)
        now, domain, identifier = (
            listener.certificates.value,
            call.params["Domain"],
            call.params["CertificateId"],
        )
        if domain not in now.by_domain:  # [guess] the code
            raise ApiError(404, "NotExist.Domain", f"{domain} has no additional certificate.")
        pairs = tuple((d, identifier if d == domain else old) for d, old in now.additional)
        wanted = replace(now, additional=pairs)
        return self._change(call, accelerator, listener, wanted, [identifier], {"ListenerId": listener.id})

    def AssociateAdditionalCertificatesWithListener(self, call: Call) -> Answer:
        accelerator, listener = self._listener(call)
        now = listener.certificates.value
        pairs = [(item["Domain"], item["Id"]) for item in call.params["Certificates"]]
        _sized([domain for domain, _ in pairs])
        if taken := sorted(now.by_domain.keys() & {domain for domain, _ in pairs}):  # [guess] the code
            raise ApiError(400, "Exist.Domain", f"{', '.join(taken)} has one already.")
        if len(now.additional) + len(pairs) > QUOTA:  # the class is documented, the last part guessed
            raise ApiError(400, "QuotaExceeded.AdditionalCertificates", "The quota is exceeded.")
        wanted = replace(now, additional=(*now.additional, *pairs))
        identifiers = [identifier for _, identifier in pairs]
        return self._change(call, accelerator, listener, wanted, identifiers, {"ListenerId": listener.id})

    def DissociateAdditionalCertificatesFromListener(self, call: Call) -> Answer:
        accelerator, listener = self._listener(call)
        now, domains = listener.certificates.value, call.params["Domains"]
        _sized(domains)
        if strange := sorted(set(domains) - now.by_domain.keys()):  # [guess] the code
            raise ApiError(404, "NotExist.Domain", f"{', '.join(strange)} has none.")
        left = tuple(pair for pair in now.additional if pair[0] not in domains)
        return self._change(call, accelerator, listener, replace(now, additional=left), [], {})

    def _change(
        self,
        call: Call,
        accelerator: Accelerator,
        listener: Listener,
        wanted: Certificates,
        identifiers: Sequence[str],
        answer: Answer,
    ) -> Answer:
        now, token = self.cloud.clock(), call.params.get("ClientToken", "")
        change = call.action, repr(sorted(call.params.items()))
        if token in self._tokens:  # [guess]
            before, first = self._tokens[token]
            if before != change:
                raise ApiError(400, "IdempotenceSignatureMismatch", "The token was for another request.")
            return first
        if accelerator.service_managed:  # [guess] the code
            raise ApiError(400, "OperationDenied.ServiceManaged", "Another product manages it.")
        if accelerator.state_at(now) != "active":
            raise ApiError(400, "StateError.Accelerator", f"The state of {accelerator.id} is not active.")
        if identifiers and listener.protocol != "HTTPS":  # [guess] the code
            raise ApiError(400, "IllegalParameter.Protocol", "Only HTTPS has certificates.")
        for identifier in identifiers:
            row = self.cloud.service(Cas).find(identifier)
            if row is None or not row.deployable:  # [guess] the code
                raise ApiError(404, "NotExist.Certificate", f"The certificate {identifier} is not found.")
        if call.params.get("DryRun"):
            raise ApiError(400, "DryRunOperation", "Validated; DryRun is set.")
        listener.certificates.set(wanted, now=now, until=now + timedelta(seconds=self.cloud.settle_s))
        if token:
            self._tokens[token] = change, answer
        return answer

    def _all(self) -> list[tuple[Accelerator, Listener]]:
        return [(row, listener) for row in self._accelerators for listener in row.listeners]

    def _accelerator(self, call: Call) -> Accelerator:
        _in_region(call)
        wanted = call.params["AcceleratorId"]
        for row in self._accelerators:
            if row.id == wanted:
                return row
        raise ApiError(404, "NotExist.Accelerator", f"The accelerator {wanted} does not exist.")

    def _listener(self, call: Call) -> tuple[Accelerator, Listener]:
        """By ListenerId, within the accelerator if the call names one."""
        _in_region(call)
        owner = self._accelerator(call) if "AcceleratorId" in call.params else None
        wanted = call.params["ListenerId"]
        for accelerator, listener in self._all():
            if listener.id == wanted and owner in (None, accelerator):
                return accelerator, listener
        raise ApiError(404, "NotExist.Listener", f"The listener {wanted} does not exist.")


def _address(accelerator: Accelerator, listener: Listener) -> str:
    return f"{accelerator.dns_name}:{listener.port}"


def _in_region(call: Call) -> None:
    """Whatever is accelerated, RegionId is cn-hangzhou."""
    if call.params.get("RegionId", "cn-hangzhou") != "cn-hangzhou":  # [guess] the code
        raise ApiError(400, "IllegalParameter.RegionId", "RegionId takes cn-hangzhou.")


def _sized(domains: Sequence[str]) -> None:
    if not 1 <= len(domains) <= MOST_PER_CALL or len(set(domains)) != len(domains):
        raise ApiError(400, "IllegalParamSize", f"Takes 1 to {MOST_PER_CALL} different domains.")


def _settings(params: Mapping[str, Any]) -> dict[str, Any]:
    """What a request sets, as replies tell it. ProxyProtocol is text in requests, and not in replies."""
    found = {name: params[name] for name in model.DEFAULTS if name in params}
    if "ProxyProtocol" in found:
        found["ProxyProtocol"] = found["ProxyProtocol"].lower() == "true"
    if "XForwardedForConfig" in found:  # [guess] what is left out of it is off
        found["XForwardedForConfig"] = model.DEFAULTS["XForwardedForConfig"] | found["XForwardedForConfig"]
    return found
