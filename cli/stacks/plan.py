"""What a deployment would do, for a person to read before it is done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rich.text import Text

from cli import output
from cli.stacks.human import STATE, called, kind_of
from cli.stacks.objects import Piece
from cli.stacks.ros import Change, StackState

_REPLACES: Final = ("True", "Conditional")
_WORDS: Final = {"Add": "create", "Modify": "change", "Remove": "remove"}
_MANY: Final = 12  #: of one kind that are named each


@dataclass(frozen=True)
class Deployment:
    """`pieces`: objects that are not in the bucket yet. `new_bucket`: it is not there yet either."""

    name: str
    region: str
    account: str
    bucket: str
    new_bucket: bool
    pieces: Sequence[Piece]
    stack: StackState | None
    changes: Sequence[Change]
    again: bool  #: what is left of a stack that never came to be is removed first
    text: str = field(repr=False)  #: of the template
    at_first: str = field(
        repr=False
    )  #: the same, without retention of what is empty as long as it is not done
    reworded: bool  #: its template says the same of every resource, in other words, or what stays without it

    @property
    def nothing(self) -> bool:
        return not (self.changes or self.new_bucket or self.pieces or self.again or self.reworded)

    @property
    def first(self) -> bool:
        """Nothing has run yet for sure: also where an earlier deployment was cut off after the creation."""
        return self.stack is None or self.again or self.stack.status == "CREATE_COMPLETE"

    @property
    def made_anew(self) -> list[str]:
        """Parts of the state that would not be the same ones afterwards, or not for sure."""
        return [
            called(one.name, one.kind)
            for one in self.changes
            if one.kind in STATE and one.action == "Modify" and one.replaced in _REPLACES
        ]

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "Stack": self.name,
            "Region": self.region,
            "Account": self.account,
            "Status": self.stack.status if self.stack else None,
            "Bucket": {"Name": self.bucket, "Action": "create" if self.new_bucket else "none"},
            "Objects": [{"Key": one.key, "Bytes": one.size} for one in self.pieces],
            "Resources": [
                {"Action": word_of(one), "Name": one.name, "Type": one.kind} for one in self.changes
            ],
        }


def word_of(change: Change) -> str:
    if change.action == "Remove" and change.kind in STATE:
        return "let go"  # it stays, without being the stack's any more
    if change.action == "Modify" and change.replaced in _REPLACES:
        return "replace" if change.replaced == "True" else "replace, perhaps"
    return _WORDS.get(change.action, change.action.lower())


def show(plan: Deployment) -> None:
    """On the screen."""
    screen = output.console()
    state = f"there, {plan.stack.status}" if plan.stack else "new"
    screen.print(Text(f"stack {plan.name} in {plan.region}, account {plan.account}: {state}"))
    if plan.again:
        screen.print(Text("  it never came to be; what is left of it is removed first"))
    if plan.reworded:
        screen.print(Text("  change  the template's words, and what stays when the stack goes; no resource"))
    if plan.new_bucket:
        screen.print(Text(f"  create  bucket {plan.bucket} (private)"))
    for piece in plan.pieces:
        screen.print(Text(f"  upload  {piece.key} ({piece.size / 1e6:.1f} MB)"), soft_wrap=True)
    for line in _lines(plan.changes):
        screen.print(Text(f"  {line}"), soft_wrap=True)


def _lines(changes: Sequence[Change]) -> list[str]:
    """One for each action and kind of resource; those that are changed or go by name."""
    counts = Counter((word_of(one), one.kind) for one in changes)
    found = []
    for (word, kind), count in sorted(counts.items()):
        names = [called(one.name, kind) for one in changes if (word_of(one), one.kind) == (word, kind)]
        if word == "create" and count > 1:
            found.append(f"{word}  {count} {kind_of(kind, count)}")
        else:
            more = f" and {count - _MANY} more" if count > _MANY else ""
            found.append(f"{word}  {', '.join(names[:_MANY])}{more}")
    return found
