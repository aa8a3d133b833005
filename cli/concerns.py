"""What needs a hand, or is good to know, in words."""

from collections.abc import Iterable, Sequence

from rich.text import Text

from cli import output
from shared.services.concerns import Concern


def show(concern: Concern) -> None:
    mark, style = ("✗", "bold red") if concern.needs_hand else ("·", "dim")
    output.console().print(Text.assemble((f"{mark} ", style), concern.text))
    if not concern.needs_hand:
        return
    for line in concern.examples:
        output.console().print(Text(f"    {line}"), soft_wrap=True)
    if more := concern.count - len(concern.examples) if concern.examples else 0:
        output.console().print(Text(f"    {more:,} more", "dim"))
    output.console().print(Text(f"    {concern.look}", "dim"), soft_wrap=True)


def show_not_seen(found: Sequence[Concern]) -> None:
    if found:
        output.console().print("\nSlots may be there that this plan does not know:")
    for concern in found:
        show(concern)


def tell_not_seen(found: Iterable[Concern]) -> None:
    """On a line for each."""
    for concern in found:
        more = f" and {concern.count - 1:,} more" if concern.count > 1 else ""
        output.tell(f"not seen: {concern.text} ({concern.examples[0]}{more}); slots may be there")
