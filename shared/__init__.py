"""What the functions import: domain, services, products, state, cloud, runtime."""

import gc
from typing import Final

_MANY: Final = 500_000  #: objects, which no function makes while it is imported
_OFTEN: Final = (50_000, 20, 20)

# Nearly all that is made while modules are imported stays. Looking for garbage among it every 700 objects, as
# Python does unless told, takes a fifth of a function's cold start.
gc.set_threshold(_MANY, *_OFTEN[1:])


def imported() -> None:
    """From now on garbage is looked for, but not among what is there: modules and what they hold."""
    gc.freeze()
    gc.set_threshold(*_OFTEN)
