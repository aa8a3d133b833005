"""The level of validation that a certificate itself names, as a policy (RFC 5280, 4.2.1.4)."""

from typing import Final

from cryptography import x509

from shared.domain.levels import Evidence, Level, Validation
from shared.validation.chains import extension

#: Reserved by the CA/Browser Forum, whose Baseline Requirements (7.1.6.1) demand one of them in every
#: certificate of a public CA. Policies of single CAs are not looked at.
_LEVELS: Final = {
    "2.23.140.1.2.1": Validation.DV,
    "2.23.140.1.2.3": Validation.IV,
    "2.23.140.1.2.2": Validation.OV,
    "2.23.140.1.1": Validation.EV,
}


def level_of(certificate: x509.Certificate) -> Level:
    """Of several that it names the highest: who keeps the rules of EV keeps the others. UNKNOWN: none.

    A private CA may name any: the level counts where the chain leads to a public root.
    """
    named = extension(certificate, x509.CertificatePolicies) or ()
    found = [_LEVELS.get(one.policy_identifier.dotted_string, Validation.UNKNOWN) for one in named]
    level = max(found, key=lambda one: one.rank, default=Validation.UNKNOWN)
    return Level(validation=level, by=Evidence.POLICY)
