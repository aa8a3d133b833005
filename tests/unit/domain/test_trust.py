"""How widely a certificate is trusted, by the names and dates that CAS tells of its chain."""

from datetime import datetime, timedelta

import pytest

from shared.domain.ca_names import ca_key
from shared.domain.certificates import Certificate, CertificateSource, ChainLink
from shared.domain.levels import Evidence, Level, Validation
from shared.domain.trust import ChainState, Standing, Trust, standing_of
from tests.builders import NOW, a_certificate

ROOTS = frozenset(map(ca_key, ["Public Root", "New Root", "OU=Old Public Root,O=Example"]))
END = NOW + timedelta(days=89)  #: of `a_certificate`
LATER = NOW + timedelta(days=3650)


def chained(*names: str, end: datetime | None = LATER, **changes: object) -> Certificate:
    """The leaf's name first, each issued by the next; one name alone: self-signed."""
    pairs = zip(names, [*names[1:], names[0]] if len(names) == 1 else names[1:], strict=False)
    links = [ChainLink(subject=one, issuer=above, not_after=end) for one, above in pairs]
    first = links[0].evolve(not_after=END)
    return a_certificate(chain=(first, *links[1:]), issuer=first.issuer, **changes)


def standing(certificate: Certificate, now: datetime = NOW) -> Standing:
    return standing_of(certificate, ROOTS, now)


LEAF = "example.com"
CLASSES = {
    "public": (LEAF, "Public CA 1", "Public Root"),
    "public, issued by the root itself": (LEAF, "Public Root"),
    "public, with two intermediates": (LEAF, "Public CA 2", "Public CA 1", "Public Root"),
    "private": (LEAF, "Corp CA 1", "Corp Root"),
    "private, with its root": (LEAF, "Corp CA 1", "Corp Root", "Corp Root"),
}


@pytest.mark.parametrize("case", CLASSES)
def test_the_top_of_the_chain_tells_public_from_private(case: str) -> None:
    names = CLASSES[case]
    public = case.startswith("public")

    found = standing(chained(*names))

    assert found.trust is (Trust.PUBLIC if public else Trust.PRIVATE)
    assert (found.chain, found.public_root) == (ChainState.COMPLETE, public)
    assert (found.issuer, found.root) == (names[1], names[-1])
    assert found.needs_acceptance is public


@pytest.mark.parametrize("case", CLASSES)
def test_the_order_of_the_links_does_not_matter_nor_whether_the_leaf_is_among_them(case: str) -> None:
    certificate = chained(*CLASSES[case])
    links = certificate.chain or ()

    assert standing(certificate.evolve(chain=links[::-1])) == standing(certificate)
    if len(links) > 1:
        assert standing(certificate.evolve(chain=links[1:])) == standing(certificate)


def test_names_may_be_whole_distinguished_names() -> None:
    found = standing(chained("CN=example.com", "CN=Public CA 1,O=Example", "O=Example, CN=Public Root"))

    assert (found.trust, found.chain) == (Trust.PUBLIC, ChainState.COMPLETE)
    assert (found.issuer, found.root) == ("Public CA 1", "Public Root")
    old = standing(chained(LEAF, "Old CA 1", "/O=Example/OU=Old Public Root"))
    assert old.trust is Trust.PUBLIC


def test_a_self_signed_certificate_is_its_own_chain() -> None:
    found = standing(chained(LEAF))

    assert (found.trust, found.chain) == (Trust.SELF_SIGNED, ChainState.COMPLETE)
    assert (found.issuer, found.needs_acceptance) == (LEAF, False)


def test_a_leaf_alone_is_told_and_its_class_is_not_known() -> None:
    """Whether its issuer is one of a public CA is in no list of roots."""
    found = standing(chained(LEAF, "Public CA 1"))

    assert (found.trust, found.chain) == (Trust.UNKNOWN, ChainState.LEAF_ONLY)
    assert (found.issuer, found.needs_acceptance) == ("Public CA 1", True)


def test_a_leaf_with_what_did_not_issue_it_is_broken() -> None:
    leaf, *_ = chained(LEAF, "Public CA 1").chain or ()
    other = ChainLink(subject="Corp CA 1", issuer="Public Root", not_after=LATER)

    found = standing(a_certificate(chain=(leaf, other), issuer="Public CA 1"))

    assert (found.trust, found.chain, found.needs_acceptance) == (Trust.UNKNOWN, ChainState.BROKEN, True)


def test_what_does_not_belong_to_the_chain_does_not_break_it() -> None:
    certificate = chained(LEAF, "Public CA 1", "Public Root")
    other = ChainLink(subject="Corp CA 1", issuer="Corp Root", not_after=LATER)

    assert standing(certificate.evolve(chain=(*(certificate.chain or ()), other))) == standing(certificate)


def test_an_issuer_that_has_expired_breaks_the_chain() -> None:
    certificate = chained(LEAF, "Public CA 1", "Public Root", end=LATER)

    assert standing(certificate, LATER - timedelta(seconds=1)).chain is ChainState.COMPLETE
    assert standing(certificate, LATER).chain is ChainState.BROKEN
    assert standing(chained(LEAF, "Public CA 1", "Public Root", end=None)).chain is ChainState.COMPLETE


def test_an_older_root_above_a_public_one_matters_to_nobody() -> None:
    """Let's Encrypt's chain went on to a root that had expired, and clients accepted it."""
    certificate = chained(LEAF, "R3", "New Root", "Gone Root")
    *below, cross = certificate.chain or ()
    expired = cross.evolve(not_after=NOW - timedelta(days=1))

    found = standing(certificate.evolve(chain=(*below, expired)))

    assert (found.trust, found.chain, found.root) == (Trust.PUBLIC, ChainState.COMPLETE, "New Root")


def test_a_root_that_is_there_twice_leads_on_by_its_cross_signature() -> None:
    certificate = chained(LEAF, "CA 1", "Young Root", "Young Root")
    cross = ChainLink(subject="Young Root", issuer="Public Root", not_after=LATER)

    for links in ((*(certificate.chain or ()), cross), (cross, *(certificate.chain or ()))):
        assert standing(certificate.evolve(chain=links)).trust is Trust.PUBLIC


@pytest.mark.parametrize("chain", [None, ()])
def test_without_a_chain_nothing_is_claimed(chain: tuple[ChainLink, ...] | None) -> None:
    found = standing(a_certificate(chain=chain, issuer="CN=Public Root"))

    assert (found.trust, found.chain) == (Trust.UNKNOWN, ChainState.UNKNOWN)
    assert (found.issuer, found.root) == ("Public Root", "")
    assert (found.public_root, found.needs_acceptance) == (False, False)


@pytest.mark.parametrize(
    ("names", "accepted"), [((LEAF, "Public CA 1", "Public Root"), True), ((LEAF, "CA 1", "Root"), False)]
)
def test_a_test_certificate_is_one_whoever_signed_it(names: tuple[str, ...], accepted: bool) -> None:
    found = standing(chained(*names, source=CertificateSource.TEST))

    assert (found.trust, found.needs_acceptance) == (Trust.TEST, accepted)


@pytest.mark.parametrize(
    ("issuer", "level"),
    [
        ("Encryption Everywhere DV TLS CA - G2", Validation.DV),
        ("Sectigo RSA Domain Validation Secure Server CA", Validation.DV),
        ("GlobalSign RSA OV SSL CA 2018", Validation.OV),
        ("Sectigo RSA Organization Validation Secure Server CA", Validation.OV),
        ("DigiCert EV RSA CA G2", Validation.EV),
        ("Sectigo RSA Extended Validation Secure Server CA", Validation.EV),
        ("Public CA 1", Validation.UNKNOWN),
        ("Evident Novell Advanced CA", Validation.UNKNOWN),
    ],
)
def test_the_issuing_ca_s_name_may_tell_the_level(issuer: str, level: Validation) -> None:
    assert standing(chained(LEAF, issuer, "Public Root")).validation is level


@pytest.mark.parametrize(
    ("subject", "organisation", "level"),
    [
        (LEAF, "Example Ltd", Validation.OV),
        ("CN=example.com,O=Example Ltd", "", Validation.OV),
        ("CN=example.com,O=Example Ltd,businessCategory=Private Organization", "", Validation.EV),
        ("CN=example.com,2.5.4.15=Private Organization", "", Validation.EV),
        ("CN=example.com", "", Validation.UNKNOWN),
    ],
)
def test_what_is_told_of_the_owner_tells_the_level(
    subject: str, organisation: str, level: Validation
) -> None:
    certificate = chained(subject, "Public CA 1", "Public Root", organisation=organisation)
    assert standing(certificate).validation is level


EV = Level(validation=Validation.EV, by=Evidence.POLICY)


def test_the_levels_are_those_of_public_cas() -> None:
    found = standing(chained(LEAF, "Corp EV CA", "Corp Root", organisation="Example Ltd", level=EV))
    assert (found.validation, found.validation_by) == (Validation.UNKNOWN, Evidence.NONE)


@pytest.mark.parametrize("by", [Evidence.POLICY, Evidence.SOLD])
@pytest.mark.parametrize("issuer", ["Public CA 1", "Public DV CA", "Public OV CA"])
def test_what_more_than_names_tell_goes_before_them(issuer: str, by: Evidence) -> None:
    level = Level(validation=Validation.EV, by=by)
    found = standing(chained(LEAF, issuer, "Public Root", organisation="Example Ltd", level=level))
    assert (found.validation, found.validation_by) == (Validation.EV, by)


@pytest.mark.parametrize(
    ("issuer", "organisation", "by"),
    [
        ("Public OV CA", "", Evidence.CA_NAME),
        ("Public CA 1", "Example Ltd", Evidence.OWNER),
        ("Public CA 1", "", Evidence.NONE),
    ],
)
def test_names_have_to_do_where_nothing_else_tells(issuer: str, organisation: str, by: Evidence) -> None:
    untold = Level(validation=Validation.UNKNOWN, by=Evidence.SOLD)
    named = chained(LEAF, issuer, "Public Root", organisation=organisation)

    for certificate in (named, named.evolve(level=untold)):
        assert standing(certificate).validation_by is by


def test_a_level_that_the_certificate_tells_needs_no_chain() -> None:
    """Its issuer was not uploaded, or CAS tells none. A name tells no level of what may be a private CA's."""
    alone = chained(LEAF, "Public OV CA", organisation="Example Ltd")
    for certificate in (alone, alone.evolve(chain=())):
        assert standing(certificate).validation is Validation.UNKNOWN
        assert standing(certificate.evolve(level=EV)).validation is Validation.EV
    assert str(standing(alone.evolve(level=EV))) == "unknown, EV, leaf only"


def test_a_class_is_told_in_a_few_words_with_the_private_ca_s_name() -> None:
    assert str(standing(chained(LEAF, "Public CA 1", "Public Root"))) == "public"
    assert str(standing(chained(LEAF, "Corp CA 1", "Corp Root"))) == "private (Corp CA 1)"
    assert str(standing(chained(LEAF, "Public OV CA", "Public Root"))) == "public, OV"
    assert str(standing(chained(LEAF, "Public CA 1"))) == "unknown, leaf only"
    assert str(standing(chained(LEAF, "Public EV CA", "Public Root"), LATER)) == "public, EV, chain broken"


@pytest.mark.parametrize(
    ("subject", "end"), [("Example Ltd", END), (LEAF, None), ("CN=EXAMPLE.com,O=Example Ltd", None)]
)
def test_the_leaf_is_known_by_its_end_or_by_one_of_its_names(subject: str, end: datetime | None) -> None:
    link = ChainLink(subject=subject, issuer="Public CA 1", not_after=end)

    assert standing(a_certificate(chain=(link,), issuer="Public CA 1")).chain is ChainState.LEAF_ONLY


def test_cas_that_issue_one_another_are_climbed_once() -> None:
    certificate = chained(LEAF, "CA 1", "CA 2", "CA 1")

    found = standing(certificate)

    assert (found.trust, found.chain, found.root) == (Trust.PRIVATE, ChainState.COMPLETE, "CA 1")


@pytest.mark.parametrize("case", CLASSES)
def test_a_brand_that_cas_tells_as_the_issuer_breaks_no_chain(case: str) -> None:
    certificate = chained(*CLASSES[case])
    branded = certificate.evolve(issuer="DigiCert")
    links = certificate.chain or ()

    assert standing(branded) == standing(certificate)
    if len(links) > 1:
        for issuers in (links[1:], links[:0:-1]):
            assert standing(branded.evolve(chain=issuers)) == standing(certificate)


def test_of_two_issuers_of_one_name_the_one_that_ends_later_counts() -> None:
    """An intermediate that was signed anew, beside its expired copy: clients take the valid one."""
    whole = chained(LEAF, "Public CA 1", "Public Root")
    leaf, issuer = whole.chain or ()
    expired = issuer.evolve(not_after=NOW)

    for links in ((leaf, expired, issuer), (leaf, issuer, expired)):
        assert standing(whole.evolve(chain=links)).chain is ChainState.COMPLETE
    assert standing(whole.evolve(chain=(leaf, expired))).chain is ChainState.BROKEN
