"""A stack is brought to what a release says: planned, then done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from cli.stacks import given
from cli.stacks.account import Account
from cli.stacks.follow import followed, settled
from cli.stacks.human import STATE, first_failure, why
from cli.stacks.objects import Stored, bucket_of
from cli.stacks.plan import Deployment
from cli.stacks.releases import Release
from cli.stacks.ros import Change, Event, StackState, new_token
from cli.stacks.templates import (
    all_goes,
    parameters_of,
    retained_later,
    with_state_of,
    without_retention,
)
from shared.errors import AppError, CloudDeniedError, CloudRejectedError, NotFoundError
from shared.services.doctor import Health, Mark
from shared.validation.requests import parse

_PATIENCE_S: Final = 45  #: the function may run for a minute
#: How ROS refuses to make or change a stack that somebody else is making or changing.
_TWO_AT_ONCE: Final = ("ActionInProgress", "StackExists")
#: What `check_installation` has to say of what runs by itself.
_TIMERS: Final = ("timer scan_expiry", "timer discover_resources")


class DeploymentError(AppError):
    """A stack is not what it was to be."""

    code = "DeploymentFailed"


@contextmanager
def rights_named(stack: str) -> Iterator[None]:
    """A denial says where the rights stand that deploying takes. `stack`: its name, and where it is."""
    try:
        yield
    except CloudDeniedError as denied:
        told = f"{denied.message}; it takes what `certdeploy --stack {stack} ram print deployer` prints"
        raise CloudDeniedError(denied.action, denied.cloud_code, told, denied.request_id) from None
    except CloudRejectedError as refused:
        if refused.cloud_code not in _TWO_AT_ONCE:
            raise
        raise DeploymentError(
            f"another deployment has begun meanwhile: {refused.message}; deploy again when it has ended"
        ) from None


def late(health: Health) -> bool:
    """Whether CAS or the products were never read, or long not: a deployment was cut off before."""
    return any(one.about in _TIMERS and one.mark is Mark.WARNING for one in health.findings)


class Deploying:
    """`tell`: what is said while it is done. `follow`: waits for what moves, and tells of it."""

    def __init__(
        self,
        account: Account,
        name: str,
        release: Release,
        *,
        bucket: str,
        own: Mapping[str, str],
        tell: Callable[[str], None],
        on_events: Callable[[list[Event]], None],
    ) -> None:
        self._account, self._name, self._tell = account, name, tell
        self._release, self._declared = release, parameters_of(release.template)
        self._bucket = bucket or bucket_of(account.id, account.region)
        self._own = own
        self._on_events = on_events
        given.check_own(self._declared, own)

    def plan(self) -> Deployment:
        """Changes nothing. Raises CloudRejectedError: ROS does not take the template or a parameter."""
        account = self._account
        stack = settled(account.ros, account.ros.find(self._name), self._tell, self._on_events)
        if stack is not None and stack.status == "DELETE_FAILED":
            raise DeploymentError(
                f"stack {self._name} is half removed: {why(stack.reason)}; when it is mended, finish with"
                f" `certdeploy destroy --name {self._name}{account.said}`, and deploy then"
            )
        kept = None if stack is None or stack.void else stack
        before = account.ros.template(kept.id) if kept is not None else ""
        text = with_state_of(before, self._release.template) if before else self._release.template
        there = account.objects.is_there(self._bucket, account.region)
        wanted = [*self._release.pieces, self._release.of_stack(self._name)]
        lacking = [one for one in wanted if not (there and self._has(one.stored))]
        account.ros.validate(text)
        # one that never came to be cannot be changed, and its name is taken
        shown = f"{self._name}-preview" if stack is not None and kept is None else self._name
        changes = account.ros.preview(shown, kept, text, self._given(stack))
        self._check_kept(before, changes)
        return Deployment(
            self._name,
            account.region,
            account.id,
            self._bucket,
            not there,
            lacking,
            stack,
            changes,
            again=stack is not None and kept is None,
            reworded=kept is not None and not changes and before != text,
            text=text,
            at_first=retained_later(before, text) if before else without_retention(text),
        )

    def carry_out(self, plan: Deployment) -> StackState:
        """Raises DeploymentError: ROS could not do it; says what failed first, and what to do."""
        account = self._account
        if plan.new_bucket:
            account.objects.make(self._bucket, account.region)
        for piece in plan.pieces:
            if piece.kind != "release":
                self._tell(f"uploading {piece.key} ({piece.size / 1e6:.1f} MB)")
                account.objects.put(self._bucket, account.region, piece)
        state = self._stood(plan)
        # Only now: it is one to go back to. The time of the upload is the time of the deployment.
        account.objects.put(self._bucket, account.region, self._release.of_stack(self._name))
        return state

    def _stood(self, plan: Deployment) -> StackState:
        """The stack, made or changed."""
        account, stack = self._account, plan.stack
        if stack is not None and plan.again:
            self._tell("removing what is left of the stack")
            self._removed(stack)
            stack = None
        if stack is None:
            # A creation that fails is taken back whole: what it would retain is empty, and in the next's way.
            given_ = self._given(plan.stack)
            stack = self._arrived(account.ros.create(self._name, plan.at_first, given_, new_token()), set())
        else:
            stack = self._changed(stack, plan.at_first)
        return stack if plan.at_first == plan.text else self._changed(stack, plan.text)

    def _changed(self, stack: StackState, text: str) -> StackState:
        seen = {event.id for event in self._account.ros.events(stack.id)}
        if not self._account.ros.update(stack.id, text, self._given(stack), new_token()):
            return stack
        return self._arrived(stack.id, seen)

    def read_all(self, *, first: bool) -> None:
        """CAS and the products are read, for the first time or at last. `first`: surely so."""
        functions = self._account.functions(self._name)
        found = functions.ask("scan_expiry", {})
        kept = self._own.get("State") == "kept"  # which was read before
        baseline = "; the baseline, so no job starts" if first and not kept else ""
        self._tell(f"CAS is read: {found.get('Certificates', 0)} certificates{baseline}")
        functions.invoke("discover_resources", b"{}", asynchronous=True)
        self._tell("the products are being read; `certdeploy --stack` shows what is found")

    def health(self) -> Health:
        """As the functions find the installation, from where they run."""
        told = self._account.functions(self._name).ask("check_installation", {"PatienceS": _PATIENCE_S})
        return parse(Health, told)

    def _has(self, meant: Stored) -> bool:
        return self._account.objects.has(self._bucket, self._account.region, meant)

    @staticmethod
    def _check_kept(before: str, changes: Sequence[Change]) -> None:
        """Raises DeploymentError: what holds the state would go with its place in the stack."""
        if not any(one.kind in STATE and one.action == "Remove" for one in changes):
            return
        if all_goes(before) == before:
            raise DeploymentError(
                "this would remove the state, which the stack does not retain yet; nothing was changed."
                " Deploy once as the stack is, which retains it, and then again"
            )

    def _given(self, stack: StackState | None) -> dict[str, str]:
        return given.all_of(
            self._declared,
            self._own,
            name=self._name,
            account=self._account.id,
            region=self._account.region,
            bucket=self._bucket,
            release=self._release,
            stack=stack,
        )

    def _arrived(self, stack_id: str, seen: set[str]) -> StackState:
        events: list[Event] = []

        def tell(fresh: list[Event]) -> None:
            events.extend(fresh)
            self._on_events(fresh)

        state = self._followed(stack_id, seen, tell)
        if state is None:
            raise NotFoundError("Stack", self._name, "somebody removed it meanwhile")
        if not state.failed:
            return state
        told = first_failure(events) or why(state.reason)
        raise DeploymentError(
            f"stack {self._name} is {state.status}: {told.rstrip('.')}; deploy again when it is mended"
        )

    def _removed(self, stack: StackState) -> None:
        seen = {event.id for event in self._account.ros.events(stack.id)}
        self._account.ros.delete(stack.id)
        state = self._followed(stack.id, seen, self._on_events)
        if state is not None:
            raise DeploymentError(f"stack {self._name} is {state.status}: {why(state.reason)}")

    def _followed(
        self, stack_id: str, seen: set[str], tell: Callable[[list[Event]], None]
    ) -> StackState | None:
        return followed(self._account.ros, stack_id, seen, tell)
