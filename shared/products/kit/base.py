"""What every cloud product must offer, and what is the same for all of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, final

from shared.cloud.api import Action, Api
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.means import Means

Answer = dict[str, Any]


class ProductAdapter(ABC):
    """Finds a product's slots and puts certificates on them.

    Holds a client and a way to wait, no state, so one adapter may serve many threads.
    """

    product: ClassVar[CloudProduct]
    api: ClassVar[Api]
    actions: ClassVar[Mapping[str, Action]]  #: every action called, by name; the role grants these
    #: RAM actions that a call needs beside those of `actions`
    also_granted: ClassVar[frozenset[str]] = frozenset()
    first_deployment: ClassVar[bool] = False  #: a deployment may switch HTTPS on
    #: products whose listeners its routing rules set the certificates of
    rules_over: ClassVar[frozenset[CloudProduct]] = frozenset()
    #: variables that its function is given, beside those of every function
    environment: ClassVar[tuple[str, ...]] = ()
    page_size: ClassVar[int] = 100  #: the most rows that its lists give at once
    smaller_pages: ClassVar[Mapping[str, int]] = {}  #: lists that give fewer, by action
    #: codes, in lower case, by which the product says that the slot or what holds it is gone
    gone: ClassVar[frozenset[str]] = frozenset()
    #: not Alibaba Cloud: its regions are chosen by a setting of its own, its codes mean other things
    other_cloud: ClassVar[bool] = False

    def __init__(self, means: Means) -> None:
        self._client = means.client
        self._waiter = means.waiter
        self._catalogue = means.catalogue
        self._accept_outage = means.accept_outage

    def regions(self) -> list[str]:
        """Where to look: every region the product has; `[""]` where it is global."""
        return list(self.api.regions) or [""]

    @abstractmethod
    def discover(self, region: str) -> Iterator[CloudResource]:
        """Yield every slot of the region with the certificate it carries; complete, or raise."""

    @final
    def read(self, resource: CloudResource) -> CloudResource | None:
        """The slot as the product has it right now; None if it is gone.

        A slot that is named by its certificate, such as an additional one, is gone when another
        has taken its place: see `successor`.
        """
        try:
            return self._read(resource)
        except CloudRejectedError as error:
            if error.cloud_code.lower() not in self.gone:
                raise
            return None

    @abstractmethod
    def _read(self, resource: CloudResource) -> CloudResource | None:
        """As `read`. What the product refuses with a code of `gone` is not yours."""

    @abstractmethod
    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        """Make the product serve `certificate` on the slot. Checks and repetition are not yours."""

    def _unbind(self, resource: CloudResource) -> None:
        """Undo a first deployment. Only where one is allowed."""
        raise CloudRejectedError("unbind", "Unsupported", f"{resource.slot} keeps its certificate")

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        """The slot that carries `certificate` in the place of `resource`, if it is so by now."""
        now = self.read(resource)
        return now if now is not None and now.cert_identifier == certificate.identifier else None

    def settled(self, resource: CloudResource) -> bool:
        """Whether the product has finished the last change of this slot."""
        return True

    @final
    def deploy(self, resource: CloudResource, certificate: Certificate) -> None:
        """Put `certificate` in service on the slot, once, however often this is called.

        Returns when the product accepted the change; `successor` and `settled` tell when it is made.

        Raises:
            CloudRejectedError: the certificate does not cover all domains of the slot.
        """
        missing = [name for name in resource.domains if not certificate.covers(name)]
        if missing:
            raise CloudRejectedError("deploy", "CertificateMismatch", ", ".join(missing))
        if self.successor(resource, certificate) is not None:
            return
        try:
            self._bind(resource, certificate)
        except CloudRejectedError as error:
            if self.other_cloud:
                raise
            raise _explained(error, resource, certificate) from None

    @final
    def restore(self, resource: CloudResource, previous: Certificate | None) -> None:
        """Put back what the slot carried before: the certificate, or none."""
        if previous is not None:
            self._bind(resource, previous)
        else:
            self._unbind(resource)

    @classmethod
    def apis(cls) -> frozenset[Api]:
        """Every API that is called."""
        return frozenset({cls.api, *(action.api for action in cls.actions.values() if action.api)})

    @classmethod
    def granted(cls, *, writes: bool) -> frozenset[str]:
        """The RAM actions that discovery needs, or deployment (`writes`)."""
        chosen = [action for action in cls.actions.values() if writes or not action.writes]
        names = frozenset(f"{(action.api or cls.api).ram}:{action.name}" for action in chosen)
        return names | (cls.also_granted if writes else frozenset())

    def _call(self, action: str, region: str = "", /, **params: Any) -> Answer:
        """Call one of `actions`."""
        return self._call_at(action, region, {}, **params)

    def _call_at(self, action: str, region: str, path: Mapping[str, str], /, **params: Any) -> Answer:
        """Call one of `actions`; `path` fills the {names} in the path of a ROA action."""
        called = self.actions[action]
        return self._client.call(called.api or self.api, called, params, region=region, path=path)

    def _numbered_pages(self, action: str, region: str = "", /, **params: Any) -> Iterator[Answer]:
        """Answers of PageNumber/PageSize paging, until `TotalCount` rows were asked for."""
        number = 1
        while True:
            answer = self._call(action, region, PageNumber=number, PageSize=self.page_size, **params)
            yield answer
            if number * self.page_size >= int(answer["TotalCount"]):
                return
            number += 1

    def _token_pages(self, action: str, region: str = "", /, **params: Any) -> Iterator[Answer]:
        """Answers of NextToken/MaxResults paging, until there is no token."""
        size = min(self.page_size, self.smaller_pages.get(action, self.page_size))
        token: dict[str, str] = {}
        while True:
            answer = self._call(action, region, MaxResults=size, **params, **token)
            yield answer
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}


def _explained(
    error: CloudRejectedError, resource: CloudResource, certificate: Certificate
) -> CloudRejectedError:
    """Name the likely cause where the product cannot find a certificate that CAS has.

    Resources outside the mainland of a China-site account look it up in CAS's other store.
    """
    code = error.cloud_code
    other_store = not resource.region.startswith("cn-") and certificate.store == "cn-hangzhou"
    if resource.region and other_store and "NotFound" in code and "Certificate" in code:
        hint = "upload it to the CAS store ap-southeast-1, where this region looks it up"
        return CloudRejectedError(error.action, code, hint, error.request_id)
    return error
