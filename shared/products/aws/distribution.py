"""CloudFront distributions: the certificate of the aliases. It comes from ACM of us-east-1.

One whose certificate was imported into ACM follows that one. `UpdateDistribution` replaces the whole
configuration: it is read before, guarded by its ETag, and compared afterwards.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from functools import partial
from typing import Any, Final

from shared.cloud.aws import HOME, Answer
from shared.cloud.aws_unknown import UNKNOWN
from shared.domain.names import host_names
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError
from shared.products.aws.account import Region
from shared.products.aws.kind import AwsKind
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.found import Found, Unread, told
from shared.products.kit.means import Means
from shared.products.kit.sealed import Sealed

_ARN: Final = "ACMCertificateArn"
_HEADER: Final = "HeaderValue"  #: of what CloudFront sends to an origin
_CHOSEN: Final = "(certificate)"  #: beside the settings
_DEPRECATED: Final = ("Certificate", "CertificateSource")
#: Of a ViewerCertificate: what says which one, and what it may not be sent beside.
_CHOICE: Final = (*_DEPRECATED, "ACMCertificateArn", "IAMCertificateId", "CloudFrontDefaultCertificate")
_OWN: Final = (
    "it serves the certificate of *.cloudfront.net; set aliases and the first certificate in the console"
)
_STAGING: Final = "it is a staging distribution, which has the certificate of its primary one"


class Distributions(AwsKind):
    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._sealed = Sealed()

    def within(self, region: str, holder: Region) -> Iterator[Found]:
        for row in holder.distributions:
            if isinstance(row, Unread):
                yield row
            else:
                yield from told(row.text("Id"), partial(self._slot, region, row, holder))

    def _slot(self, region: str, row: Answer, holder: Region) -> Iterator[CloudResource]:
        slot = CloudResource(
            product=self.product,
            region=region,
            resource_id=row.needed("Id"),
            instance_name=row.text("DomainName"),
            domains=tuple(row.part("Aliases").texts("Items")),
            endpoint=_endpoint(row.text("DomainName"), row),
        )
        held = self._held(slot, row.part("ViewerCertificate"), holder)
        yield held.evolve(obstacle=_STAGING) if row.flag("Staging") else held

    def _look(self, change: Change) -> Look:
        """Before a change of ours nothing is awaited: a distribution takes minutes for any."""
        answer = self.aws.call("GetDistribution", HOME, Id=change.resource.resource_id)
        config = answer.part("Distribution", "DistributionConfig")
        if not config:
            raise config.source.unreadable("it is missing")
        resource = change.resource.evolve(
            domains=host_names(config.part("Aliases").texts("Items")),
            endpoint=_endpoint(answer.part("Distribution").text("DomainName"), config),
        )
        viewer = config.part("ViewerCertificate")
        if arn := viewer.text("ACMCertificateArn"):
            region = self._region(HOME)
            carries, slot = self._bears(change, resource, arn, region)
            if carries is Carries.WANTED:
                slot = self._following(slot, arn, region)
        else:
            slot = _without_acm(resource, viewer)
            carries = carrying(change, slot.cert_identifier)
        awaited = change.begun or carries is not Carries.EXPECTED
        settled = not awaited or answer.part("Distribution").text("Status") == "Deployed"
        return Look(carries, slot, settled, self._compared(change, carries, config), held=answer)

    def _held(self, slot: CloudResource, viewer: Answer, region: Region) -> CloudResource:
        if arn := viewer.text("ACMCertificateArn"):
            slot = slot.evolve(https=True)
            return self._following(self._carrying(slot, region.leaf(arn)), arn, region)
        return _without_acm(slot, viewer)

    def _write(self, change: Change, look: Look) -> None:
        assert change.wanted is not None, "a first deployment is refused"
        new = self.imports.arn(change.wanted, self._region(HOME))
        config = _whole(look)
        viewer = {"SSLSupportMethod": "sni-only", **_kept(config.part("ViewerCertificate")), _ARN: new}
        self._put(change.resource, {**config, "ViewerCertificate": viewer}, look.held.needed("ETag"))

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        """The reference that it had, which CAS need not know; and of what was lost all that is known."""
        before = dict(change.before or {})
        choice = before.pop(_CHOSEN, {})
        config: dict[str, Any] = {**_whole(look)}
        for name in lost - {_CHOSEN}:
            if name not in before:
                config.pop(name, None)
            elif (value := self._opened(before[name])) is not None:
                config[name] = value
        config["ViewerCertificate"] = {**before["ViewerCertificate"], **choice}
        self._put(change.resource, config, look.held.needed("ETag"))

    def _take_back_unknown(self, change: Change, look: Look, lost: Set[str]) -> None:
        self._take_back(change, look, lost)

    def _compared(self, change: Change, carries: Carries, config: Answer) -> dict[str, Any]:
        """Headers for an origin may hold its password.

        The reference to the certificate is kept with the settings, to be put back: of a slot whose
        certificate is another one by now, that is the one before.
        """
        viewer = config.part("ViewerCertificate")
        choice = {name: viewer[name] for name in _CHOICE if name in viewer and name not in _DEPRECATED}
        if change.before is not None and carries is not Carries.EXPECTED:
            choice = change.before.get(_CHOSEN, choice)
        sealed: dict[str, Any] = _each_header(config, self._sealed.seal)
        return {**_sorted_texts(sealed), "ViewerCertificate": _kept(viewer), _CHOSEN: choice}

    def _opened(self, value: Any) -> Any:
        """None if it holds what only an earlier function knew."""
        try:
            return _each_header(value, self._sealed.open)
        except KeyError:
            return None

    def _put(self, resource: CloudResource, config: dict[str, Any], etag: str) -> None:
        self.aws.call(
            "UpdateDistribution", HOME, Id=resource.resource_id, IfMatch=etag, DistributionConfig=config
        )


def _endpoint(name: str, told: Answer) -> str:
    """`told`: what says whether the distribution of this name is switched on."""
    return f"{name}:443".lower() if name and told.flag("Enabled") else ""


def _whole(look: Look) -> Answer:
    """The configuration as it was read.

    Raises:
        CloudRejectedError: the SDK does not know all of it; sent back, it would lose that.
    """
    answer: Answer = look.held
    unknown = [path for path in answer.texts(UNKNOWN) if path.startswith("DistributionConfig.")]
    if unknown:
        why = (
            f"the installed AWS SDK does not know {', '.join(unknown)}, and would erase it; install a newer"
            " botocore, or change the certificate in the console"
        )
        raise CloudRejectedError("UpdateDistribution", "UnknownSettings", why)
    return answer.part("Distribution", "DistributionConfig")


def _without_acm(slot: CloudResource, viewer: Answer) -> CloudResource:
    of_iam = viewer.text("IAMCertificateId")
    return slot.evolve(
        https=bool(of_iam),
        cert_identifier=f"iam:{of_iam}" if of_iam else "",
        obstacle=slot.obstacle if slot.obstacle == _STAGING else "" if of_iam else _OWN,
        cert_not_after=None,
    )


def _sorted_texts(value: Any) -> Any:
    """Lists of plain texts are sets: of aliases, methods, headers, names of cookies."""
    if isinstance(value, Mapping):
        return {name: _sorted_texts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        plain = all(isinstance(inner, str) for inner in value)
        return sorted(value) if plain else [_sorted_texts(inner) for inner in value]
    return value


def _kept(viewer: Answer) -> dict[str, Any]:
    return {name: value for name, value in viewer.items() if name not in _CHOICE}


def _each_header(value: Any, change: Callable[[Any], Any]) -> Any:
    """A copy, in which the values of headers are changed."""
    if isinstance(value, Mapping):
        return {
            name: change(inner) if name == _HEADER else _each_header(inner, change)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_each_header(inner, change) for inner in value]
    return value
