"""How plans and maps grow with the estate, as a picture."""

import sys
from collections.abc import Sequence
from pathlib import Path

from bench.plans import Measured


def growth(measured: Sequence[Measured], file: Path) -> None:
    """Time and memory by size. The dots are linear growth: what is steeper than they are grows faster."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        print("no plot: matplotlib is not installed; `make bench` installs it", file=sys.stderr)
        return
    picture = Figure(figsize=(11, 5), layout="constrained")
    time, memory = picture.subplots(1, 2)
    for use in dict.fromkeys(one.use for one in measured):
        here = [one for one in measured if one.use == use]
        rows = [one.size.rows for one in here]
        time.plot(rows, [one.seconds for one in here], marker="o", label=use)
        memory.plot(rows, [one.mb for one in here], marker="o", label=use)
    for axes, values, what in (
        (time, [one.seconds for one in measured], "seconds of the processor"),
        (memory, [one.mb for one in measured], "MB at the peak"),
    ):
        first, last = measured[0].size.rows, measured[-1].size.rows
        axes.plot([first, last], [min(values), min(values) * last / first], "k:", label="linear")
        axes.set(xscale="log", yscale="log", xlabel="slots and certificates", ylabel=what)
        axes.grid(alpha=0.3)
    time.legend(fontsize="small")
    picture.savefig(file, dpi=120)
    print(f"growth is drawn in {file}", file=sys.stderr)
