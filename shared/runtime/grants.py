"""The RAM actions by which each function calls the cloud. template.yml grants exactly these; a test compares.

What a function reaches of this installation's own, tables and functions, is in shared/runtime/reach.py.
"""

from typing import Final

from shared.cloud import cas, cas_jobs, cas_levels
from shared.domain.engines import by_cas
from shared.products import adapter_class, supported_products

#: They tell private keys. OSS reads the pair of a certificate that it is given, in the caller's name.
KEYS: Final = frozenset(
    {*cas.API.rights(cas.GET_USER_CERTIFICATE_DETAIL), "yundun-cert:DescribeSSLCertificatePrivateKey"}
)
#: They tell how to enter a cluster, whose Secrets are certificates with their keys (docs/ack.md).
CLUSTERS: Final = frozenset({"cs:DescribeClusterUserKubeconfig"})
ASSUME: Final = "sts:AssumeRole"
CLEANS: Final = "clean_up_certificates"  #: the one that deletes certificates
#: What follows a deployment job of CAS's own, where the engine is `cas`.
_JOBS_OF_CAS: Final = cas.API.rights(*cas_jobs.ACTIONS, cas.LIST_CONTACT)
_READ_CAS: Final = cas.API.rights(*cas.READING)


def grants() -> dict[str, frozenset[str]]:
    """RAM actions by function, wherever the account is."""
    discovery: frozenset[str] = frozenset()
    in_clusters: frozenset[str] = frozenset()
    deploy: dict[str, frozenset[str]] = {}
    for product in supported_products():
        adapter = adapter_class(product)
        if adapter.discovery_sees_keys:
            regions = adapter.api.rights(*(adapter.actions[name] for name in adapter.listing_regions))
            in_clusters |= adapter.granted(writes=False) - regions
            discovery |= regions
        else:
            discovery |= adapter.granted(writes=False)
        own = adapter.granted(writes=True)
        deploy[f"deploy_{product.value.lower()}"] = own | (_JOBS_OF_CAS if by_cas(product) else frozenset())
    return {
        "scan_expiry": _READ_CAS | cas.API.rights(cas_levels.LIST_INSTANCES),
        "discover_resources": _READ_CAS | discovery,
        "discover_clusters": _READ_CAS | in_clusters,
        "create_deployment_job": frozenset(),
        "run_deployment_jobs": frozenset(),
        "manage_deployment_jobs": frozenset(),
        "manage_contacts": frozenset(),
        "manage_quota": frozenset(),
        "notify_contacts": frozenset(),
        "record_dead_letter": frozenset(),
        "read_state": frozenset(),
        "manage_installation": frozenset(),
        "check_installation": cas.API.rights(*cas.LISTING),
        CLEANS: cas.API.rights(cas.DELETE_USER_CERTIFICATE).union(
            *(adapter_class(product).cleaning_granted() for product in supported_products())
        ),
        **deploy,
    }


def entering() -> frozenset[str]:
    """Functions that work in other accounts too, by roles of theirs: they may assume those that are named."""
    called = grants()
    deploying = {
        f"deploy_{one.value.lower()}" for one in supported_products() if not adapter_class(one).other_cloud
    }
    reading = {"scan_expiry", "discover_resources", "discover_clusters"}
    return frozenset({*reading, CLEANS, *deploying} & called.keys())


def for_engine_cas() -> dict[str, frozenset[str]]:
    """Those of `grants` that are needed only where the engine is `cas`."""
    return {
        f"deploy_{product.value.lower()}": _JOBS_OF_CAS if by_cas(product) else frozenset()
        for product in supported_products()
    }


def for_other_stores() -> dict[str, frozenset[str]]:
    """Those of `grants` that are needed only where a store beside the China site's is read."""
    return {
        f"deploy_{product.value.lower()}": adapter_class(product).other_stores_granted
        for product in supported_products()
    }
