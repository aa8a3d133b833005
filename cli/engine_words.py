"""Who carries a plan or a job out, in words."""

from collections.abc import Iterable

from shared.domain.engines import Engine, by_cas
from shared.domain.resources import CloudProduct


def told(engine: Engine, products: Iterable[CloudProduct]) -> str:
    """ "" where nothing is to be said: this system does all of it."""
    if engine is Engine.DIRECT:
        return ""
    directly = sorted(product.value for product in products if not by_cas(product))
    left = f"; {', '.join(directly)} directly, since those do not know it" if directly else ""
    return f"by CAS's own deployment jobs{left}"
