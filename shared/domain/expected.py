"""How many calls a plan takes at least, and how long they take at the rates that the vendor allows."""

from shared.domain.values import Wire


class Expected(Wire):
    calls: int  #: at least: a look before each slot is written, the write, and a look after it
    seconds: float  #: at the rates; what a product needs to settle a change comes on top

    def __str__(self) -> str:
        """For people."""
        minutes, seconds = self.seconds / 60, max(1, round(self.seconds))
        span = f"{minutes:.0f} min" if self.seconds >= 90 else f"{seconds} s"
        return f"at least {self.calls:,} calls, {span} at their rates"
