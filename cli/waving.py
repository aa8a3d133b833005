"""Options that say in which waves a job is done, and the waves as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from cli import output
from cli.columns import check_given
from shared.domain.plans import Plan
from shared.domain.states import WorkerStatus
from shared.domain.waves import AskedWaves
from shared.services.placing import in_waves
from shared.services.waves_shown import WaveShown
from shared.validation.waves import asked_waves

Canaries = Annotated[
    list[str] | None,
    typer.Option(
        "--canary",
        help="Do one, per-product or a part such as 10% of the slots first, and the rest when they are"
        " proved; may be repeated: each is a wave. Default: as policies say, else all at once.",
    ),
]
Pause = Annotated[
    str | None, typer.Option(help="Pause after each wave, such as 30m or 2h. Default: no pause.")
]
Approval = Annotated[
    bool,
    typer.Option("--approval", help="After each wave wait until `job continue` lets the next one begin."),
]
HaltAt = Annotated[
    str | None,
    typer.Option(
        help="Begin nothing more if more than this part of the slots of the waves so far failed, such as 10%."
        " Default: 0%, any failure.",
    ),
]
NoWaves = Annotated[
    bool, typer.Option("--no-waves", help="Do all slots at once, whatever policies say of waves.")
]


@dataclass(frozen=True)
class Waved:
    """In which waves, as it is given."""

    canary: Canaries = None
    pause: Pause = None
    approval: Approval = False
    halt_at: HaltAt = None
    no_waves: NoWaves = False

    def request(self) -> dict[str, Any]:
        """As the field of PreviewDeploymentJob is sent; nothing where nothing is said.

        Raises:
            InvalidRequestError: what is said is wrong, or contradicts itself.
        """
        for canary in self.canary or ():
            check_given("--canary", canary)
        return asked_waves(self.canary or (), self.pause, self.approval, self.halt_at, self.no_waves)


def told(waves: AskedWaves) -> str:
    """How it is rolled out, in a line."""
    after = "when `job continue` lets it" if waves.approval else "when the one before has ended"
    if waves.pause_minutes and not waves.approval:
        after = f"{waves.pause_minutes:g} min after the one before has ended"
    fails = f"more than {waves.halt_at_percent:g} % of the slots" if waves.halt_at_percent else "a slot"
    canaries = ", then ".join(waves.canaries)
    return f"In waves: {canaries}, then the rest; each further one begins {after}, and none if {fails} failed"


def sizes(plan: Plan) -> str:
    """`told`, with how many slots each has; "" if all is done at once."""
    if plan.waves is None:
        return ""
    waves = in_waves((entry.resource for entry in plan.deployments), plan.waves)
    return f"{told(plan.waves)} ({' + '.join(str(len(wave)) for wave in waves)} slots)"


def show_waves(waves: Sequence[WaveShown]) -> None:
    """Of a job that is done at once, nothing."""
    if not waves:
        return
    table = output.table("Wave", "Slots", "Done", "Failed", "State", title="Waves", wrap=("State",))
    for one in waves:
        begins = f"; begins {output.moment(one.begins_at)} UTC" if one.begins_at else ""
        output.row(
            table,
            str(one.wave),
            str(one.slots),
            str(one.counts.get(WorkerStatus.SUCCESS, 0)),
            str(one.counts.get(WorkerStatus.ERROR, 0) or ""),
            f"{one.state}{begins}",
        )
    output.show(table)
    output.console().print()
