"""The RAM actions that each function calls. template.yml grants exactly these; a test compares the two."""

from typing import Final

from shared.cloud import cas
from shared.products import adapter_class, supported_products

_STATE: Final = frozenset({"ots:GetRow", "ots:PutRow", "ots:DeleteRow", "ots:GetRange"})
_INVOKE: Final = frozenset({"fc:InvokeFunction"})
_READ_CAS: Final = cas.API.rights(*cas.READING)


def grants() -> dict[str, frozenset[str]]:
    """RAM actions by function."""
    discovery: frozenset[str] = frozenset()
    deploy: dict[str, frozenset[str]] = {}
    for product in supported_products():
        adapter = adapter_class(product)
        discovery |= adapter.granted(writes=False)
        name = f"deploy_{product.value.lower()}"
        deploy[name] = _STATE | _INVOKE | adapter.granted(writes=True)
    return {
        "scan_expiry": _STATE | _INVOKE | _READ_CAS,
        "discover_resources": _STATE | _INVOKE | _READ_CAS | discovery,
        "create_deployment_job": _STATE | _INVOKE,
        "run_deployment_jobs": _STATE | _INVOKE,
        "manage_deployment_jobs": _STATE | _INVOKE,
        "notify_contacts": _STATE,
        **deploy,
    }
