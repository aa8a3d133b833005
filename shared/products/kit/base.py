"""What every cloud product must offer, and what is the same for all of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Final, TypeAlias, TypeVar, final

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.certificates import STORES, Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.changes import Change, Look
from shared.products.kit.found import MISREAD, Found, misread, told
from shared.products.kit.means import Means
from shared.products.kit.paging import numbered_answers, token_rows
from shared.products.kit.storing import Storing

_NOT_IN_CAS: Final = "CertificateInvalidCasId"  #: OSS's word for it
Answer = dict[str, Any]
Seen = TypeVar("Seen")
Step: TypeAlias = tuple[Change, Look]  #: what is to be done, and what was seen just before


class ProductAdapter(Storing, ABC):
    """Finds a product's slots and puts certificates on them.

    Holds a client and nothing that it could not look up again, so one adapter may serve many threads.
    """

    product: ClassVar[CloudProduct]
    api: ClassVar[Api]
    actions: ClassVar[Mapping[str, Action]]  #: every action called, by name; the role grants these
    #: RAM actions that a call needs beside those of `actions`
    also_granted: ClassVar[frozenset[str]] = frozenset()
    #: those that a deployment needs for certificates of other CAS stores than the China site's only
    other_stores_granted: ClassVar[frozenset[str]] = frozenset()
    #: what holds its certificates holds their keys too: a function of its own discovers it
    discovery_sees_keys: ClassVar[bool] = False
    listing_regions: ClassVar[tuple[str, ...]] = ()  #: then the actions of `regions`, which another one calls
    first_deployment: ClassVar[bool] = False  #: a deployment may switch HTTPS on, so it can be undone
    #: products whose listeners its routing rules set the certificates of
    rules_over: ClassVar[frozenset[CloudProduct]] = frozenset()
    #: variables that its function is given, beside those of every function
    environment: ClassVar[tuple[str, ...]] = ()
    #: variables that name secrets of KMS, which its function reads, and the template's parameters for them
    secrets: ClassVar[Mapping[str, str]] = {}
    #: where it may be, if it does not tell its regions
    likely_regions: ClassVar[tuple[str, ...]] = ()
    page_size: ClassVar[int] = 100  #: the most rows that its lists give at once
    smaller_pages: ClassVar[Mapping[str, int]] = {}  #: lists that give fewer, by action
    #: codes, in lower case, by which the product says that the slot or what holds it is gone
    gone: ClassVar[frozenset[str]] = frozenset()
    #: a look tells all slots of a writer at once, and a write may take several of them
    at_once: ClassVar[bool] = False
    #: its host is the China site's; that of the International site is named by CERTDEPLOY_HOSTS
    host_of_china_site: ClassVar[bool] = False
    #: not Alibaba Cloud: its regions are chosen by a setting of its own, its codes mean other things
    other_cloud: ClassVar[bool] = False

    def __init__(self, means: Means) -> None:
        self._client = means.client
        self._catalogue = means.catalogue
        self._accept_outage = means.accept_outage
        self._parts = means.parts

    def regions(self) -> list[str]:
        """Where to look: every region the product has; `[""]` where it is global."""
        return list(self.api.regions) or [""]

    @abstractmethod
    def discover(self, region: str) -> Iterator[Found]:
        """Yield every slot of the region with the certificate it carries, and what cannot be read.

        Raises:
            CloudError: nothing can be said of the region, or of the rest of it.
        """

    def looks_at_once(self, resource: CloudResource) -> bool:
        """Whether it is looked at, and written, together with the other slots of its writer."""
        return self.at_once

    def look(self, changes: Sequence[Change]) -> list[Look | None]:
        """What the product shows of the slots of one writer, in order; None for one that is gone.

        Raises:
            CloudError: nothing can be said of them now.
        """
        if self.looks_at_once(changes[0].resource):
            return self._unless_gone(partial(self._look_at_all, changes)) or [None] * len(changes)
        return [self._unless_gone(partial(self._look, change)) for change in changes]

    def _unless_gone(self, ask: Callable[[], Seen]) -> Seen | None:
        """What is seen; None where the product says that it is gone. What is no slot is an unread answer."""
        try:
            return ask()
        except MISREAD as error:
            raise misread("look", "a look", error) from None
        except CloudRejectedError as error:
            if error.cloud_code.lower() not in self.gone:
                raise
            return None

    def _look(self, change: Change) -> Look | None:
        """One slot. What the product refuses with a code of `gone` is not yours."""
        raise NotImplementedError

    def _look_at_all(self, changes: Sequence[Change]) -> list[Look | None]:
        """Where the adapter looks `at_once`: all slots of a writer, as `look`."""
        raise NotImplementedError

    def beside(self, look: Look) -> Sequence[CloudResource]:
        """The other slots of the slot's listener as the look showed them, where there can be any.

        Raises:
            CloudError: their certificates are told by calls of their own, and cannot be told now.
        """
        return ()

    def together(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Those of the steps of one writer that the next call takes, at least one."""
        return steps[:1]

    @final
    def advance(self, steps: Sequence[Step]) -> None:
        """Make the one next call that brings these changes nearer to what is wanted.

        `steps` are as `together` chose them. Returns when the product accepted the call: a look tells
        what came of it.

        Raises:
            CloudRejectedError: among others, a certificate does not cover all domains of its slot.
        """
        for change, _ in steps:
            if change.wanted is not None:
                _check_covered(change.resource, change.wanted)
            elif not self.first_deployment:
                why = f"{change.resource.slot} keeps its certificate"
                raise CloudRejectedError("deploy", "Unsupported", why)
        try:
            self._advance(steps)
        except CloudRejectedError as error:
            if self.other_cloud:
                raise
            raise _explained(error, steps[0][0]) from None

    def _advance(self, steps: Sequence[Step]) -> None:
        """As `advance`. Checks and repetition are not yours: None is wanted only where `first_deployment`."""
        ((change, look),) = steps
        self._write(change, look)

    def _write(self, change: Change, look: Look) -> None:
        """Make the next call for one slot: exchange its certificate, or take it off where none is wanted."""
        raise NotImplementedError

    @final
    def take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        """Put back the certificate before, and what is `lost` of the settings (top level).

        Raises:
            CloudRejectedError: CAS does not have that certificate, among others.
        """
        former = self._catalogue.by_identifier(change.resource.cert_identifier)
        if former is None:
            self._take_back_unknown(change, look, lost)
        else:
            self._take_back(replace(change, wanted=former), look, lost)

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        """`change` wants the certificate before; `change.before` has the settings."""
        self._write(change, look)

    def _take_back_unknown(self, change: Change, look: Look, lost: Set[str]) -> None:
        """As `_take_back`, where CAS does not have the certificate before.

        Raises:
            CloudRejectedError: so the new one stays; what else can be put back was.
        """
        why = "CAS does not have the certificate before, so the new one stays"
        raise CloudRejectedError("deploy", "NotFound", why)

    def attach_unseen(self, change: Change) -> str:
        """Put the certificate before on a slot that was taken off for it, as far as is known.

        What came of it, in words. Only for a product whose exchange takes a slot off.
        """
        raise NotImplementedError

    def left_behind(self, change: Change, look: Look | None) -> str:
        """What an exchange that nothing goes on with has left half made, and what to do; "" for nothing.

        `look`: None where the slot cannot be seen.
        """
        return ""

    @classmethod
    def apis(cls) -> frozenset[Api]:
        """Every API that is called."""
        return frozenset({cls.api, *(action.api for action in cls.actions.values() if action.api)})

    @classmethod
    def granted(cls, *, writes: bool) -> frozenset[str]:
        """The RAM actions that discovery needs, or deployment (`writes`)."""
        chosen = [one for one in cls.actions.values() if one.needed_by(deployments=writes)]
        names = (name for action in chosen for name in (action.api or cls.api).rights(action))
        more = cls.also_granted | cls.other_stores_granted
        return frozenset(names) | (more if writes else frozenset())

    def _call(self, action: str, region: str = "", /, **params: Any) -> Fields:
        """Call one of `actions`."""
        return self._call_at(action, region, {}, **params)

    def _call_at(self, action: str, region: str, path: Mapping[str, str], /, **params: Any) -> Fields:
        """Call one of `actions`; `path` fills the {names} in the path of a ROA action."""
        called = self.actions[action]
        return self._client.call(called.api or self.api, called, params, region=region, path=path)

    def _numbered_rows(
        self, action: str, region: str = "", /, *, at: tuple[str, ...], **params: Any
    ) -> Iterator[Fields]:
        """Rows of a list with PageNumber/PageSize paging; `at`: where an answer has them."""
        for answer in self._numbered_answers(action, region, at=at, **params):
            yield from answer.rows(*at)

    def _numbered_answers(
        self, action: str, region: str = "", /, *, at: tuple[str, ...], **params: Any
    ) -> Iterator[Fields]:
        """As `_numbered_rows`, a page at a time."""

        def page(number: int) -> Fields:
            return self._call(action, region, PageNumber=number, PageSize=self.page_size, **params)

        return numbered_answers(page, self.page_size, lambda answer: answer.rows(*at))

    def _token_rows(
        self, action: str, region: str = "", /, *, at: tuple[str, ...], **params: Any
    ) -> Iterator[Fields]:
        """Rows of a list with NextToken/MaxResults paging; `at`: where an answer has them."""
        size = min(self.page_size, self.smaller_pages.get(action, self.page_size))

        def page(token: str | None) -> Fields:
            return self._call(action, region, MaxResults=size, NextToken=token, **params)

        return token_rows(page, lambda answer: answer.rows(*at))

    def _each(
        self, rows: Iterable[Fields], name: str, slots: Callable[[Fields], Iterable[Found]]
    ) -> Iterator[Found]:
        """The slots of each row. A row that cannot be read is told, by its field `name`; the others go on."""
        for row in rows:
            yield from told(_named(row, name), partial(slots, row))

    def _each_once(
        self, rows: Iterable[Fields], slots: Callable[[Fields], Iterable[Found]], *names: str
    ) -> Iterator[Found]:
        """As `_each`, for rows that take calls of their own: none that this discovery has read before.

        `names`: the fields that tell a row from all others; the first one names it where it cannot be read.
        """
        for row in rows:
            found = told(_named(row, names[0]), partial(slots, row))
            told_apart = [str(row.get(name) or "") for name in names]
            part = "/".join((type(self).__name__, *told_apart))
            yield from self._once(part, found) if all(told_apart) else found

    def _once(self, part: str, found: Iterator[Found]) -> Iterator[Found]:
        """What is found in a part; nothing if this discovery has read it before."""
        return self._parts.once(part, found) if self._parts else found


def _named(row: Fields, name: str) -> str:
    return str(row.get(name) or "a row without name")


def _check_covered(resource: CloudResource, certificate: Certificate) -> None:
    missing = [name for name in resource.domains if not certificate.covers(name)]
    if missing:
        raise CloudRejectedError("deploy", "CertificateMismatch", ", ".join(missing))


def _explained(error: CloudRejectedError, change: Change) -> CloudRejectedError:
    """Name the likely cause where the product cannot find a certificate that CAS has.

    Resources outside the mainland of a China-site account look it up in another of CAS's stores.
    """
    code, wanted = error.cloud_code, change.wanted
    where = change.resource.region or change.resource.location
    not_there = code == _NOT_IN_CAS or ("NotFound" in code and "Certificate" in code)
    mainland = where.startswith("cn-")
    stores = STORES[:1] if mainland else STORES[1:]
    if not where or not wanted or wanted.store in stores or not not_there:
        return error
    if mainland and code != _NOT_IN_CAS:
        return error
    hint = f"upload it to the CAS store {stores[0]}, where this region looks it up"
    return CloudRejectedError(error.action, code, hint, error.request_id)
