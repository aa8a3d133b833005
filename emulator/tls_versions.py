"""Which versions of TLS the edge speaks: those of the listener's policy, as load balancers name them."""

from __future__ import annotations

import re
import ssl
import warnings

#: tls_cipher_policy_1_0, …_1_1, …_1_2, …_1_2_strict, …_1_2_strict_with_1_3 (and SLB's and GA's, named alike).
_POLICY = re.compile(r"tls_cipher_policy_1_(?P<least>[0-3])(_strict)?(_with_1_(?P<most>3))?")
_VERSIONS = {
    "0": ssl.TLSVersion.TLSv1,
    "1": ssl.TLSVersion.TLSv1_1,
    "2": ssl.TLSVersion.TLSv1_2,
    "3": ssl.TLSVersion.TLSv1_3,
}
#: Versions before 1.2 need what OpenSSL 3 has at this level alone: signatures with SHA-1.
_OLD_TOO = "DEFAULT:@SECLEVEL=0"


def limit(context: ssl.SSLContext, policy: str) -> None:
    """Have a server's context speak what the policy says; without one TLS 1.2 and 1.3."""
    found = _POLICY.fullmatch(policy)
    least, most = (found["least"], found["most"] or "2") if found else ("2", "3")
    if least < "2":
        context.set_ciphers(_OLD_TOO)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the versions that are meant
        context.minimum_version = _VERSIONS[least]
        context.maximum_version = _VERSIONS[max(least, most)]
