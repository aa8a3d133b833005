"""Whether the write of a certificate left all other settings as they were; if not, it is taken back.

After a lost answer this is asked just the same: the next try would find the certificate in place, and
call it success. Only what a function ends before it has compared (killed, or out of time) goes unnoticed,
since the settings before end with it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from shared.cloud.faults import NotSentError
from shared.domain.certificates import Certificate
from shared.errors import (
    AppError,
    CloudError,
    CloudRejectedError,
    CloudUnavailableError,
    NotYetEffectiveError,
)
from shared.products.kit.waiting import Waiter

Settings = Mapping[str, Any]
#: why there is nothing to put back
NOT_IN_CAS = "CAS does not have the certificate before, so the new one stays"
_SHOWN = 60  #: characters of a value
_LOOKS = 5  #: how often what may never come is looked for


def _at_once(*_: Settings) -> bool:
    return True


@dataclass(frozen=True)
class Unchanged:
    """Around a write, as in `with Unchanged(...):`, that is to change the certificate of a slot alone.

    What the write raises goes through: after CloudUnavailableError only if nothing is known to be lost.

    Raises:
        CloudRejectedError: `SettingsLost`, with each of them before and after, and what became of
            putting them back; or `SettingsUnknown`: they could not be read. Never tried again.
        NotYetEffectiveError: the write is accepted and not shown yet; nothing is lost so far.
    """

    action: str
    slot: str
    waiter: Waiter
    before: Settings  #: as `read` gave them
    read: Callable[[], Settings]
    #: restores the old certificate, and those settings, of the top level, that can be set
    put_back: Callable[[Set[str]], None]
    shown: Callable[[Settings], bool] = _at_once  #: whether what was read has the new certificate
    settled: Callable[[], bool] = _at_once  #: whether the product has finished
    #: of the top level, what changes with the certificate, or by itself
    ignore: Collection[str] = ()

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unknown = isinstance(error, CloudUnavailableError) and not isinstance(error, NotSentError)
        if error is not None and not unknown:
            return  # refused, or never sent: nothing was changed
        after, late = self._watched(self.shown, certain=not unknown)
        if lost := self._differences(after):
            raise self._rejected("SettingsLost", f"{'; '.join(lost)}; {self._taken_back(after)}") from None
        if late is not None and not unknown:
            raise late

    def _watched(
        self, enough: Callable[[Settings], bool], *, certain: bool
    ) -> tuple[Settings, NotYetEffectiveError | None]:
        """The settings when they are `enough`; or when the time is over, and the error that says so.

        Where it is not `certain` that it will ever be so, a few looks will do.
        """
        seen: list[Settings] = []

        def done() -> bool:
            try:
                if not self.settled():
                    return False
                seen.append(self._seen())
            except CloudError as error:
                if not error.retryable:
                    raise
                return False
            return enough(seen[-1]) or (not certain and len(seen) >= _LOOKS)

        try:
            self.waiter.until(done, f"{self.slot} does not show the change yet")
        except NotYetEffectiveError as late:
            return (seen[-1] if seen else self._seen(last=True)), late
        return seen[-1], None

    def _seen(self, *, last: bool = False) -> Settings:
        """What can be read. Trouble that may pass goes through, where this is not the `last` look."""
        try:
            return self.read()
        except CloudError as error:
            if error.retryable and not last:
                raise
            why = f"the certificate may be in place, other settings could not be read: {error}"
            raise self._rejected("SettingsUnknown", why) from None

    def _taken_back(self, after: Settings) -> str:
        """Put back what can be, and say how that went. Raises nothing: a later try would call it success."""
        lost = changed(self.before, after, ignore=self.ignore)
        try:
            self.put_back({path.partition(".")[0] for path in lost})
            now, _ = self._watched(lambda found: not self._differences(found), certain=False)
        except AppError as error:
            return f"not everything could be put back: {error}"
        left = changed(self.before, now, ignore=self.ignore)
        by_hand = f"; set again by hand: {', '.join(left)}" if left else ", and so were they"
        return f"the certificate before was put back{by_hand}"

    def _differences(self, after: Settings) -> list[str]:
        return differences(self.before, after, ignore=self.ignore)

    def _rejected(self, code: str, why: str) -> CloudRejectedError:
        return CloudRejectedError(self.action, code, f"{self.slot}: {why}")


def in_cas(found: Certificate | None, action: str) -> Certificate:
    """The certificate before, for `put_back`. Raises CloudRejectedError if CAS does not have it."""
    if found is None:
        raise CloudRejectedError(action, "NotFound", NOT_IN_CAS)
    return found


def changed(before: Settings, after: Settings, *, ignore: Collection[str] = ()) -> dict[str, tuple[Any, Any]]:
    """The settings that differ, by their path ("Quic.Upgrade"), with the value before and after.

    `ignore` names settings of the top level. Nothing, None, "" and an empty list are the same.
    """
    old, new = (
        dict(_flat({name: value for name, value in settings.items() if name not in ignore}))
        for settings in (before, after)
    )
    return {
        path: (old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if _plain(old.get(path)) != _plain(new.get(path))
    }


def differences(before: Settings, after: Settings, *, ignore: Collection[str] = ()) -> list[str]:
    """`changed` in words, such as "Gzip: 'on' → 'off'"."""
    pairs = changed(before, after, ignore=ignore).items()
    return [f"{path}: {_short(old)} → {_short(new)}" for path, (old, new) in pairs]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _plain(value: Any) -> Any:
    return None if value in ("", [], {}) else value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
