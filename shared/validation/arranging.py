"""What of a pasted chain is kept, and in which order: people paste a certificate twice, or one too many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.validation.chains import (
    MAX_CERTIFICATES,
    Chain,
    is_ca,
    not_a_ca,
    order_problems,
    path_from,
    quoted,
    right_order,
    self_signed,
)
from shared.validation.keys import public_key_of


@dataclass(frozen=True)
class Arranged:
    chain: Chain
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  #: what was left out


def arrange(given: Chain, now: datetime) -> Arranged:
    """The chain in its right order. What is left out is noted; nothing is where it might be missed."""
    distinct = list(dict.fromkeys(given))
    twice = [one for one in distinct if list(given).count(one) > 1]
    notes = [f"{quoted(one.subject)} is there more than once; one copy was kept" for one in twice]
    chain, alternatives = _one_of_each_issuer(distinct, now)
    notes += alternatives
    if right := right_order(chain):
        order = ", ".join(quoted(each.subject) for each in right)
        problems = (
            [] if right == chain else [f"the certificates are in the wrong order; reorder them to {order}"]
        )
        return Arranged(right, tuple(problems), tuple(notes))
    path = path_from(chain[0], chain)
    rest = [one for one in chain if one not in path]
    top = path[-1]
    if self_signed(top) and not is_ca(chain[0]):
        notes += [f"{quoted(one.subject)} is not of this chain and was left out" for one in rest]
        return Arranged(path, (), tuple(notes))
    if len(path) == 1 or len(chain) > MAX_CERTIFICATES:
        return Arranged(chain, tuple(order_problems(chain)), tuple(notes))
    return Arranged(path, tuple(_stranger(one, top) for one in rest), tuple(notes))


def _stranger(one: x509.Certificate, top: x509.Certificate) -> str:
    """It may be one too many, or what is between may be missing: only the owner knows."""
    if not is_ca(one):
        return not_a_ca(one)
    return (
        f"{quoted(one.subject)} issued none of the others; remove it, or add what is missing below it,"
        f" such as {quoted(top.issuer)}"
    )


def _one_of_each_issuer(
    chain: Sequence[x509.Certificate], now: datetime
) -> tuple[list[x509.Certificate], list[str]]:
    """An issuer may be there in several certificates of one key: self-signed, and cross-signed by others.

    One that is valid is kept, rather a cross-signed one: clients that know the issuer itself ignore it, and
    others need it.
    """
    alike: dict[tuple[x509.Name, bytes], list[x509.Certificate]] = {}
    for one in chain:
        if is_ca(one) and (key := public_key_of(one)) is not None:
            spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            alike.setdefault((one.subject, spki), []).append(one)
    left_out: list[x509.Certificate] = []
    notes: list[str] = []
    for several in alike.values():
        if len(several) == 1:
            continue
        best = max(several, key=lambda one: (one.not_valid_after_utc > now, not self_signed(one)))
        left_out += [one for one in several if one is not best]
        signers = " and by ".join(map(_signer, several))
        either = not self_signed(best) and any(map(self_signed, several))
        notes.append(
            f"{quoted(best.subject)} is there signed by {signers}; the one signed by {_signer(best)} was kept"
            + (f", which clients that trust {quoted(best.subject)} itself accept too" if either else "")
        )
    return [one for one in chain if one not in left_out], notes


def _signer(one: x509.Certificate) -> str:
    return "itself" if one.issuer == one.subject else quoted(one.issuer)
