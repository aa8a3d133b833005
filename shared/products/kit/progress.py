"""One change on its way: what the looks at it have shown, and what comes next."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from shared.cloud.faults import NotSentError
from shared.domain.jobs import HalfMade
from shared.errors import AppError, CloudRejectedError, CloudUnavailableError, NotYetEffectiveError
from shared.products.kit.changer import Changer
from shared.products.kit.changes import Carries, Change, Look
from shared.products.kit.others import differing
from shared.products.kit.settings import changed, differences

#: Stores that a change is begun, with the settings before, so that a later attempt knows it.
Remember = Callable[[Change, Look], None]
_LOOKS: Final = 5  #: how often settings that were put back are looked for
_DOUBTS: Final = 3  #: and a write whose answer was lost, or a slot that may be off and cannot be seen


class End(str, Enum):
    DONE = "done"
    GONE = "gone"  #: there is no such slot any more
    CHANGED = "changed"  #: it carries neither what was expected nor what is wanted
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """How a change ended. `look`: the last one; `error`: of one that FAILED."""

    change: Change
    end: End
    look: Look | None = None
    error: AppError | None = None

    @property
    def also_changed(self) -> tuple[str, ...]:
        """What else differs, by the names of the fields, as far as it was seen: nothing that is compared."""
        return differing(self.change.others, self.look.others) if self.look else ()


class Next(Enum):
    WAIT = 1
    WRITE = 2
    TAKE_BACK = 3
    END = 4


@dataclass
class Progress:
    """One change on its way."""

    change: Change
    outcome: Outcome | None = None
    alone: bool = False  #: a call that took others along was refused: which of them was meant?
    _look: Look | None = None
    _wrote_at: tuple[Carries, str] | None = None  #: what the product showed at the last write
    _doubt: AppError | None = None  #: the answer to the last write was lost
    _blind: AppError | None = None  #: the last look failed
    _looks_left: int = field(default=_LOOKS)
    _unseen_left: int = field(default=_DOUBTS)
    _taken_back: bool = False

    @property
    def step(self) -> tuple[Change, Look]:
        assert self._look is not None, "it was met"
        return self.change, self._look

    def met(self, look: Look | None) -> Next:
        """What a look asks for."""
        self._look, self._blind, self._unseen_left = look or self._look, None, _DOUBTS
        if look is None:
            return self._end(End.GONE)
        if look.failed is not None:
            return self._end(End.FAILED, look.failed)
        if not look.settled:
            return Next.WAIT
        if self.change.lost and not self._taken_back:
            return Next.TAKE_BACK if look.carries is Carries.WANTED else self._back_again(look)
        if self.change.lost:
            return self._back_again(look)
        if lost := self._lost(look):
            self.change = replace(self.change, lost=tuple(lost))
            return Next.TAKE_BACK
        if look.carries is Carries.WANTED:
            return self._end(End.DONE)
        if look.carries is Carries.OTHER:
            return self._end(End.CHANGED)
        if look.progress != self._wrote_at:
            return Next.WRITE
        if self._doubt is not None:
            self._looks_left -= 1
            if not self._looks_left:
                return self._end(End.FAILED, self._doubt)
        return Next.WAIT

    def unseen(self, error: AppError, adapter: Changer) -> None:
        """A look failed. Trouble that may pass is waited for once something was written: not for long where
        the slot may be off.
        """
        self._blind = error
        if self._off:
            self._unseen_left -= 1
            if not self._unseen_left:
                self._attach_unseen(adapter, error)
            return
        if error.retryable and self._wrote_at is not None:
            return
        if not error.retryable and self.change.begun and self.change.before is not None:
            why = f"the certificate may be in place, other settings could not be read: {error}"
            error = self._rejected("SettingsUnknown", why)
        self._end(End.FAILED, error)

    def begin(self, remember: Remember) -> None:
        """Store what a later attempt has to know, before the first write of this one and before each that
        leaves something half made.
        """
        change, look = self.step
        new = [look.leaves] if look.leaves and look.leaves not in change.half_made else []
        if self._wrote_at is not None and not new:
            return
        if self._wrote_at is None:
            compared = look.settings if change.resource.https and change.wanted else None
            between = look.carries is Carries.BETWEEN and change.begun
            before, others = (change.before, change.others) if between else (compared, look.others)
            change = replace(change, begun=True, before=before, others=others)
        self.change = replace(change, half_made=(*change.half_made, *new))
        try:
            remember(self.change, look)
        except AppError as error:
            self._end(End.FAILED, error)

    def written(self) -> None:
        self._wrote_at, self._doubt = self.step[1].progress, None

    def refused(self, error: AppError) -> None:
        """The call was refused; or the answer was lost, and a few looks may tell."""
        if isinstance(error, CloudUnavailableError) and not isinstance(error, NotSentError):
            self._wrote_at, self._doubt, self._looks_left = self.step[1].progress, error, _DOUBTS
        else:
            self._end(End.FAILED, error)

    def take_back(self, adapter: Changer, remember: Remember) -> None:
        """Put back the certificate before, and what settings can be set; a later look tells how it went."""
        change, look = self.step
        assert change.before is not None, "something was compared"
        self._taken_back, self._looks_left = True, _LOOKS
        try:
            remember(change, look)
            adapter.take_back(change, look, {path.partition(".")[0] for path in self._paths(look)})
        except AppError as error:
            self._settings_lost(f"not everything could be put back: {error}")

    def lost_in_the_end(self) -> bool:
        """Whether settings are lost by what a product shows that does not settle in time."""
        if self.change.lost or self._look is None:
            return False
        self.change = replace(self.change, lost=tuple(self._lost(self._look)))
        return bool(self.change.lost)

    @property
    def _off(self) -> bool:
        """Whether the slot may have been taken off, which was not seen to be over."""
        return HalfMade.DETACHED in self.change.half_made

    def _attach_unseen(self, adapter: Changer, error: AppError) -> None:
        """Rather than leave it off: put the certificate before on again, without a look."""
        try:
            told = adapter.attach_unseen(self.change)
        except AppError as refused:
            told = f"its certificate before could not be put on again: {refused}"
        slot = self.change.resource.slot
        kind = CloudUnavailableError if error.retryable else CloudRejectedError
        self._end(End.FAILED, kind("look", "Unseen", f"{slot}: {error}; {told}"))

    def out_of_time(self, adapter: Changer) -> None:
        if self.change.lost:
            self._settings_lost(self._by_hand(self._look))
            return
        slot = self.change.resource.slot
        if self._blind is not None and self._off:
            self._attach_unseen(adapter, self._blind)
        elif self._doubt is not None:
            self._end(End.FAILED, self._doubt)
        elif self._blind is not None:
            self._end(End.FAILED, self._blind)
        elif self._wrote_at is None and not self.change.begun:
            obstacle = self._look.slot.obstacle if self._look else ""
            why = f"{slot} is busy{obstacle and f': {obstacle}'}"
            self._end(End.FAILED, NotYetEffectiveError("wait", "NotYetEffective", why))
        else:
            wanted = self.change.wanted.identifier if self.change.wanted else "that it has no certificate"
            busy = self._look.slot.obstacle if self._look and not self._look.settled else ""
            why = f"{slot} does not show {wanted} yet{busy and f': {busy}'}"
            self._end(End.FAILED, NotYetEffectiveError("wait", "NotYetEffective", why))

    def _lost(self, look: Look) -> list[str]:
        """Settings that a write of ours cost; what somebody else did since an earlier attempt is theirs."""
        theirs = look.carries in (Carries.EXPECTED, Carries.OTHER)
        ours = self._wrote_at is not None or (self.change.begun and not theirs)
        if self.change.before is None or look.settings is None or not ours:
            return []
        return differences(self.change.before, look.settings)

    def _back_again(self, look: Look) -> Next:
        """Whether what was taken back is as it was."""
        left = self._paths(look)
        self._looks_left -= 1
        if left and self._looks_left:
            return Next.WAIT
        self._settings_lost(self._by_hand(look))
        return Next.END

    def _by_hand(self, look: Look | None) -> str:
        if look is None or look.settings is None:
            return "the certificate before was put back; whether the settings are back is not shown yet"
        left = self._paths(look)
        told = f"; set again by hand: {', '.join(left)}" if left else ", and so were they"
        return f"the certificate before was put back{told}"

    def _paths(self, look: Look) -> list[str]:
        return list(changed(self.change.before or {}, look.settings or {}))

    def _settings_lost(self, told: str) -> None:
        why = f"{'; '.join(self.change.lost)}; {told}"
        self._end(End.FAILED, self._rejected("SettingsLost", why))

    def _rejected(self, code: str, why: str) -> CloudRejectedError:
        return CloudRejectedError("deploy", code, f"{self.change.resource.slot}: {why}")

    def _end(self, end: End, error: AppError | None = None) -> Next:
        self.outcome = Outcome(self.change, end, self._look, error)
        return Next.END
