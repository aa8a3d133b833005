"""A stack is brought to what this clone of the repository says: planned, then done."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from cli.stacks import given
from cli.stacks.account import Account
from cli.stacks.follow import followed, settled
from cli.stacks.human import STATE, first_failure, why
from cli.stacks.objects import Piece, bucket_of
from cli.stacks.plan import Deployment
from cli.stacks.ros import Change, Event, StackState, new_token
from host.template import declared_parameters
from shared.errors import AppError, InvalidRequestError, NotFoundError
from shared.services.doctor import Health
from shared.validation.requests import parse
from stack.package import MANIFEST

_RETAIN: Final = re.compile(r"^ +DeletionPolicy: Retain\n", re.M)
_PATIENCE_S: Final = 45  #: the function may run for a minute
_STEPS: Final = ("code", "layer", "layer-aws")


class DeploymentError(AppError):
    """A stack is not what it was to be."""

    code = "DeploymentFailed"


class Deploying:
    """`tell`: what is said while it is done. `follow`: waits for what moves, and tells of it."""

    def __init__(
        self,
        account: Account,
        name: str,
        template: Path,
        *,
        bucket: str,
        python: str,
        pieces: tuple[Piece, ...],
        own: Mapping[str, str],
        tell: Callable[[str], None],
        on_events: Callable[[list[Event]], None],
    ) -> None:
        self._account, self._name, self._tell = account, name, tell
        self._text, self._declared = template.read_text(encoding="utf-8"), declared_parameters(template)
        self._bucket = bucket or bucket_of(account.id, account.region)
        self._python, self._pieces, self._own = python, pieces, own
        self._on_events = on_events
        given.check_own(self._declared, own)

    def plan(self) -> Deployment:
        """Changes nothing. Raises CloudRejectedError: ROS does not take the template or a parameter."""
        account = self._account
        stack = settled(account.ros, account.ros.find(self._name), self._tell, self._on_events)
        if stack is not None and stack.status == "DELETE_FAILED":
            raise DeploymentError(
                f"stack {self._name} is half removed: {why(stack.reason)}; when it is mended, finish with"
                f" `certdeploy destroy --name {self._name}`, and deploy then"
            )
        there = account.objects.is_there(self._bucket, account.region)
        lacking = (
            account.objects.lacking(self._bucket, account.region, self._pieces) if there else self._pieces
        )
        account.ros.validate(self._text)
        kept = None if stack is None or stack.void else stack
        # one that never came to be cannot be changed, and its name is taken
        shown = f"{self._name}-preview" if stack is not None and kept is None else self._name
        changes = account.ros.preview(shown, kept, self._text, self._given(stack))
        self._check_kept(kept, changes)
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
            reworded=kept is not None and not changes and account.ros.template(kept.id) != self._text,
        )

    def carry_out(self, plan: Deployment) -> StackState:
        """Raises DeploymentError: ROS could not do it; says what failed first, and what to do."""
        account = self._account
        if plan.new_bucket:
            account.objects.make(self._bucket, account.region)
        for piece in plan.pieces:
            self._tell(f"uploading {piece.key} ({piece.size / 1e6:.1f} MB)")
            account.objects.put(self._bucket, account.region, piece)
        stack = plan.stack
        if stack is not None and plan.again:
            self._tell("removing what is left of the stack")
            self._removed(stack)
            stack = None
        seen = {event.id for event in account.ros.events(stack.id)} if stack else set[str]()
        if stack is None:
            # A creation that fails is taken back whole: what it would retain is empty, and in the next's way.
            whole = without_retention(self._text)
            stack_id = account.ros.create(self._name, whole, self._given(plan.stack), new_token())
            stack = self._arrived(stack_id, seen)
            if whole == self._text:
                return stack
        if not account.ros.update(stack.id, self._text, self._given(stack), new_token()):
            return stack
        return self._arrived(stack.id, seen)

    def first_run(self) -> None:
        """CAS and the products are read for the first time, which begins nothing by itself."""
        functions = self._account.functions(self._name)
        found = functions.ask("scan_expiry", {})
        self._tell(
            f"CAS is read: {found.get('Certificates', 0)} certificates; the baseline, so no job starts"
        )
        functions.invoke("discover_resources", b"{}", asynchronous=True)
        self._tell("the products are being read; `certdeploy --stack` shows what is found")

    def health(self) -> Health:
        """As the functions find the installation, from where they run."""
        told = self._account.functions(self._name).ask("check_installation", {"PatienceS": _PATIENCE_S})
        return parse(Health, told)

    def _check_kept(self, stack: StackState | None, changes: Sequence[Change]) -> None:
        """Raises DeploymentError: what holds the state would go with its place in the stack."""
        if stack is None or not any(one.kind in STATE and one.action == "Remove" for one in changes):
            return
        text = self._account.ros.template(stack.id)
        if all_goes(text) == text:
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
            python=self._python,
            pieces=self._pieces,
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


def without_retention(template: str) -> str:
    """Nothing stays when its stack goes."""
    return _RETAIN.sub("", template)


def all_goes(template: str) -> str:
    """Without retention, whether ROS gives the template back as it was sent or as JSON."""
    try:
        document = json.loads(template)
    except ValueError:
        return without_retention(template)
    retained = [one for one in document.get("Resources", {}).values() if one.pop("DeletionPolicy", None)]
    return json.dumps(document) if retained else template


def pieces_in(folder: Path, python: str) -> tuple[Piece, ...]:
    """The objects that `certdeploy package` listed there for this runtime.

    Raises:
        InvalidRequestError: there are none.
    """
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))[f"python{python}"]
        pieces = tuple(Piece(kind, folder / listed[kind]) for kind in _STEPS)
    except (OSError, ValueError, LookupError, TypeError):
        raise InvalidRequestError(
            f"{folder} holds no objects for Python {python}; `certdeploy package` makes them"
        ) from None
    if lacking := [piece.path for piece in pieces if not piece.path.is_file()]:
        raise InvalidRequestError(f"{lacking[0]} is not there; `certdeploy package` makes it")
    return pieces
