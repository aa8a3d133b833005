"""Slots of AWS: imported certificates, certificates of listeners, distributions. ARNs are of their region."""

from typing import Final

from shared.products.kit.forms import REGION, Forms, Names, SlotForm

_HEAD, _ACCOUNT = "arn:aws[a-z-]*", "[0-9]{12}"
_ACM: Final = f"{_HEAD}:acm:{REGION}:{_ACCOUNT}:certificate/[0-9a-zA-Z-]+"
_CERTIFICATE: Final = f"(?:{_ACM}|{_HEAD}:iam::{_ACCOUNT}:server-certificate/[0-9a-zA-Z+=,.@_/-]+)"
_ELB: Final = f"{_HEAD}:elasticloadbalancing:{REGION}:{_ACCOUNT}"
_LISTENER: Final = f"{_ELB}:listener/[0-9a-zA-Z/-]+"
FORMS: Final[Forms] = {
    "acm": SlotForm(_ACM, _ACM, names=Names.LEAF),
    "listener": SlotForm(
        f"{_LISTENER}(?:/{_CERTIFICATE})?",
        f"{_ELB}:loadbalancer/[0-9a-zA-Z/-]+",
        _LISTENER,
        names=Names.LEAF,
    ),
    "distribution": SlotForm("[0-9A-Z]+", names=Names.LOOK),
}
