"""What a CA has checked of a certificate's owner, and from what it is known.

Certificates that look alike may be of different levels, and most names do not tell. Public CAs write the
level into the certificate as one of the CA/Browser Forum's policies (`shared/validation/levels.py`); of those
that it sells, CAS tells it (ListInstances); else names have to do (`trust`).
"""

from enum import Enum

from shared.domain.values import Stored


class Validation(str, Enum):
    """In the words of the CA/Browser Forum, the least that was checked first."""

    UNKNOWN = "unknown"
    DV = "DV"  #: the domain
    IV = "IV"  #: also the person
    OV = "OV"  #: also the organisation
    EV = "EV"  #: also the organisation, by stricter rules

    @property
    def rank(self) -> int:
        """The higher, the more was checked."""
        return list(Validation).index(self)


class Evidence(str, Enum):
    """From what a level is known, the surest first."""

    POLICY = "policy"  #: that the certificate names
    SOLD = "CAS"  #: which has sold it
    CA_NAME = "CA name"
    OWNER = "owner"  #: what is told of it; an EV certificate may be told like an OV one
    NONE = ""  #: it is not known


class Level(Stored):
    """As more than names tell it. UNKNOWN: it was asked for, and is not told."""

    validation: Validation
    by: Evidence
