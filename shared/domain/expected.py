"""How many calls a plan takes at least, and how long they take at the rates that the vendor allows."""

from shared.domain.values import Wire


class Expected(Wire):
    calls: int  #: at least: a look before each slot is written, the write, and a look after it
    seconds: float  #: at the rates; what a product needs to settle a change comes on top
