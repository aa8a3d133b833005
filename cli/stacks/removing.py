"""A stack is taken away: what goes, what stays, and the removal itself."""

from collections.abc import Callable

from cli.stacks.deploying import DeploymentError
from cli.stacks.follow import followed
from cli.stacks.given import repeated
from cli.stacks.human import STATE, first_failure, why
from cli.stacks.ros import GONE, Event, Ros, StackState, new_token
from cli.stacks.templates import all_goes, parameters_of
from shared.errors import CloudError


class Removing:
    """`on_events`: what is told while it goes."""

    def __init__(self, ros: Ros, stack: StackState, on_events: Callable[[list[Event]], None]) -> None:
        self._ros, self._stack, self._on_events = ros, stack, on_events
        self.resources = ros.resources(stack.id)

    @property
    def state(self) -> list[Event]:
        """What holds the state. A stack that never came to be has none: what it made is empty."""
        there = [one for one in self.resources if one.status != GONE]
        return [] if self._stack.void else [one for one in there if one.kind in STATE]

    @property
    def elsewhere(self) -> str:
        """The instance that the stack was given to go on with, and does not own; "" if there is none."""
        return self.instance if self._stack.parameters.get("State") == "kept" else ""

    @property
    def let_go(self) -> str:
        """The instance that was the stack's until a removal that failed half-way; "" if none was."""
        made = not self._stack.void and not self.elsewhere
        return self.instance if made and not self.state else ""

    def repeated(self, region: str, usual_bucket: str) -> tuple[str, list[str]]:
        """How a stack that goes on with the state is deployed as this one was: options, hidden parameters.

        To be asked before it is removed.
        """
        try:
            declared = parameters_of(self._ros.template(self._stack.id))
        except CloudError:  # nobody is kept from removing a stack by what is only told
            declared = {}
        return repeated(self._stack, declared, region, usual_bucket)

    @property
    def keeps(self) -> bool:
        """Whether the state cannot be told to go any more: half removed, a stack takes no change."""
        if self._stack.status != "DELETE_FAILED" or not self.state:
            return bool(self.let_go)
        template = self._ros.template(self._stack.id)
        return all_goes(template) != template

    @property
    def instance(self) -> str:
        """Of Tablestore, as the stack was told."""
        return self._stack.parameters.get("OtsInstance", "")

    def carry_out(self, *, with_state: bool) -> None:
        """Raises DeploymentError: something stayed, and why."""
        if with_state and self.state:
            self._let_go()
        seen = self._seen()
        # A deployment that was cut off after its creation has no retention in its template yet.
        self._ros.delete(self._stack.id, [] if with_state else [one.name for one in self.state])
        events: list[Event] = []
        left = self._followed(seen, events)
        if left is not None:
            told = first_failure(events) or why(left.reason)
            raise DeploymentError(f"stack {left.name} is {left.status}: {told}")

    def _let_go(self) -> None:
        """The state goes with the stack only if its template says nothing else."""
        before = self._ros.template(self._stack.id)
        text = all_goes(before)
        if text == before:
            return
        seen = self._seen()
        if not self._ros.update(self._stack.id, text, {}, new_token()):
            raise DeploymentError(
                "ROS takes no change of what stays; run `certdeploy destroy` without --with-state, and remove"
                " the Tablestore instance in its console"
            )
        events: list[Event] = []
        state = self._followed(seen, events)
        if state is None or state.failed:
            told = first_failure(events) or why(state.reason if state else "")
            raise DeploymentError(f"the state could not be let go: {told}; nothing was removed")

    def _seen(self) -> set[str]:
        return {event.id for event in self._ros.events(self._stack.id)}

    def _followed(self, seen: set[str], events: list[Event]) -> StackState | None:
        def tell(fresh: list[Event]) -> None:
            events.extend(fresh)
            self._on_events(fresh)

        return followed(self._ros, self._stack.id, seen, tell)
