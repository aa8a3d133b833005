"""Slots of ACK: Secrets, listeners of AlbConfigs, and a row for a cluster that is not open."""

from typing import Final

from shared.products.kit.forms import ROLE, Forms, Names, SlotForm

_CLUSTER: Final = "c[0-9a-z]{8,40}"
_OBJECT: Final = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"  #: a name in Kubernetes, which is a part of a path
_LISTENER: Final = f"{_CLUSTER}/albconfig/{_OBJECT}/[0-9]{{1,5}}:[A-Z]+"
FORMS: Final[Forms] = {
    "secret": SlotForm(f"{_CLUSTER}/secret/{_OBJECT}/{_OBJECT}", _CLUSTER, names=Names.LEAF),
    "albconfig": SlotForm(f"{_LISTENER}/{ROLE}", _CLUSTER, _LISTENER),
    "": SlotForm(_CLUSTER, _CLUSTER, names=Names.LOOK),
}
