"""How widely a certificate is trusted: its class, its chain and its level of validation.

Class and chain follow from what CAS tells: names of subjects and issuers, and dates. A name is weak evidence,
since anybody may give a CA any name. So this decides what is chosen, and what is asked of a deployment; the
proof is a TLS handshake whose chain a client accepts (shared/cloud/tls.py). For the level names are the last
resort: see `levels`.
"""

import re
from collections.abc import Callable, Sequence, Set
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Final

from shared.domain.ca_names import ca_key, ca_name, parts_of
from shared.domain.certificates import Certificate, CertificateSource, ChainLink
from shared.domain.levels import Evidence, Validation
from shared.domain.values import Wire

_NEVER: Final = datetime.max.replace(tzinfo=timezone.utc)  #: an end that is not told
_ROUNDING: Final = timedelta(seconds=1)  #: one end may be told in ms and in seconds


class Trust(str, Enum):
    PUBLIC = "public"  #: its chain leads to one of the public roots
    PRIVATE = "private"  #: its chain leads to another CA
    SELF_SIGNED = "self-signed"
    TEST = "test"  #: CAS calls it one, whichever CA signed it
    UNKNOWN = "unknown"  #: CAS tells no chain, or too little of it


class ChainState(str, Enum):
    """What CAS holds of the chain, and so what products are given with the certificate."""

    COMPLETE = "complete"
    LEAF_ONLY = "leaf only"  #: its issuer is missing
    BROKEN = "broken"  #: the certificates with it are not its issuers, or one of them has expired
    UNKNOWN = "unknown"


_FAULTS: Final = {ChainState.LEAF_ONLY: "leaf only", ChainState.BROKEN: "chain broken"}


#: As CAs name those that issue one level only, such as "Encrypted DV TLS CA - G2".
_LEVELS: Final = (
    (Validation.EV, re.compile(r"\bEV\b|\bExtended Validation\b", re.I)),
    (Validation.OV, re.compile(r"\bOV\b|\bOrgani[sz]ation Validation\b", re.I)),
    (Validation.DV, re.compile(r"\bDV\b|\bDomain Validation\b", re.I)),
)
#: Attributes that only the subject of an EV certificate has, with names and numbers.
_OF_EV: Final = frozenset({"BUSINESSCATEGORY", "2.5.4.15", "JURISDICTIONC", "1.3.6.1.4.1.311.60.2.1.3"})


class Standing(Wire):
    """How widely a certificate is trusted."""

    trust: Trust
    chain: ChainState
    validation: Validation
    validation_by: Evidence = Evidence.NONE
    issuer: str = ""  #: name of the CA that signed it; "" if CAS tells none
    root: str = ""  #: name of the CA at the top, as far as the chain tells
    public_root: bool = False  #: the chain leads to a public root; a TEST certificate's may, too
    added_root: bool = False  #: which the settings have added to those that everybody has

    @property
    def needs_acceptance(self) -> bool:
        """Whether a client with the public roots has to accept it before its deployment is a success.

        Also where the issuer is missing: whoever issued it, a client that has roots only cannot accept it.
        """
        return self.public_root or self.chain in (ChainState.LEAF_ONLY, ChainState.BROKEN)

    def is_like(self, other: "Standing | None") -> bool:
        """Whether clients trust both alike, from whatever that is known."""
        return other is not None and self.evolve(validation_by=other.validation_by) == other

    def __str__(self) -> str:
        """In a few words, such as "public, OV" or "private (Corp CA 1)"."""
        private = self.trust is Trust.PRIVATE
        words = [f"{self.trust.value} ({self.issuer})" if private else self.trust.value]
        words += [self.validation.value] if self.validation is not Validation.UNKNOWN else []
        words += [_FAULTS[self.chain]] if self.chain in _FAULTS else []
        return ", ".join(words)


class Standings:
    """Of many certificates: each is found out once."""

    def __init__(self, ask: Callable[[Certificate], Standing]) -> None:
        self._ask = ask
        self._known: dict[str, Standing] = {}

    def __call__(self, certificate: Certificate) -> Standing:
        identifier = certificate.identifier
        if (known := self._known.get(identifier)) is None:
            known = self._known[identifier] = self._ask(certificate)
        return known


def standing_of(
    certificate: Certificate, public_roots: Set[str], now: datetime, added_roots: Set[str] = frozenset()
) -> Standing:
    """`public_roots`: names of public roots, each as `ca_key` gives it. `added_roots`: some of them, that the
    settings name.
    """
    links = certificate.chain or ()
    own = _own(certificate, links)
    issuer = ca_name(own.issuer if own else _issuer(certificate, links))
    path, top = _climb(issuer, [one for one in links if one is not own], public_roots)
    public = bool(links) and ca_key(top) in public_roots
    test = certificate.source is CertificateSource.TEST
    trust, chain = Trust.UNKNOWN, ChainState.UNKNOWN
    if own is not None and ca_key(own.subject) == ca_key(own.issuer):
        trust, chain = Trust.SELF_SIGNED, ChainState.COMPLETE
    elif public or path:
        trust = Trust.PUBLIC if public else Trust.PRIVATE
        expired = any(one.not_after is not None and one.not_after <= now for one in path)
        chain = ChainState.BROKEN if expired else ChainState.COMPLETE
    elif links:
        chain = ChainState.LEAF_ONLY if links == (own,) else ChainState.BROKEN
    level, by = _level(certificate, own, issuer, trust, public=public)
    return Standing(
        trust=Trust.TEST if test and trust is not Trust.SELF_SIGNED else trust,
        chain=chain,
        validation=level,
        validation_by=by,
        issuer=issuer,
        root=top if links else "",
        public_root=public,
        added_root=public and ca_key(top) in added_roots,
    )


def _own(certificate: Certificate, links: Sequence[ChainLink]) -> ChainLink | None:
    """The certificate itself. Whether CAS's list begins with it or with its issuer is not documented."""
    for one in links:
        if one.not_after is not None and abs(one.not_after - certificate.not_after) <= _ROUNDING:
            return one
    return next((one for one in links if ca_key(one.subject) in certificate.names), None)


def _issuer(certificate: Certificate, links: Sequence[ChainLink]) -> str:
    """Where the links begin with the issuer: its name, for which CAS may tell a brand, such as "DigiCert"."""
    if ca_key(certificate.issuer) in {ca_key(one.subject) for one in links}:
        return certificate.issuer
    signers = {ca_key(one.issuer) for one in links if ca_key(one.issuer) != ca_key(one.subject)}
    return next((one.subject for one in links if ca_key(one.subject) not in signers), certificate.issuer)


def _climb(issuer: str, above: Sequence[ChainLink], public_roots: Set[str]) -> tuple[list[ChainLink], str]:
    """From an issuer upwards, in whatever order the links are told: the way, and the name at the top.

    It ends at a public root: what signed that one, such as an older root, matters to no client. Of two of one
    name the one that ends later counts, as clients take it.
    """
    rest, path, top = list(above), list[ChainLink](), issuer
    while ca_key(top) not in public_roots:
        named = [one for one in rest if ca_key(one.subject) == ca_key(top)]
        link = max(named, key=lambda one: one.not_after or _NEVER, default=None)
        if link is None:
            break
        rest.remove(link)
        path.append(link)
        top = ca_name(link.issuer)
    return path, top


def _level(
    certificate: Certificate, own: ChainLink | None, issuer: str, trust: Trust, *, public: bool
) -> tuple[Validation, Evidence]:
    """Levels are those of public CAs. Names tell one only where the chain leads to one of them."""
    told = certificate.level
    if told and told.validation is not Validation.UNKNOWN and (public or trust is Trust.UNKNOWN):
        return told.validation, told.by
    return _by_names(certificate, own, issuer) if public else (Validation.UNKNOWN, Evidence.NONE)


def _by_names(certificate: Certificate, own: ChainLink | None, issuer: str) -> tuple[Validation, Evidence]:
    """By the name of the issuing CA, or else by what is told of the owner."""
    for level, word in _LEVELS:
        if word.search(issuer):
            return level, Evidence.CA_NAME
    subject = parts_of(own.subject) if own else {}
    if _OF_EV & subject.keys():
        return Validation.EV, Evidence.OWNER
    if certificate.organisation or subject.get("O"):
        return Validation.OV, Evidence.OWNER
    return Validation.UNKNOWN, Evidence.NONE
