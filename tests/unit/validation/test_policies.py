"""Policies as a text: every fault is told, with its place and what to do, in one message."""

from __future__ import annotations

import pytest

from shared.domain.policies import Mode, Pin, Policies, PolicySettings
from shared.errors import InvalidRequestError
from shared.validation.policies import LONGEST_TEXT, parse_policies

ALL_FAULTS = """\
default: {deploy: off}
defaults:
  deploi: draft
  warning_days: [30, soon, 0]
rules:
  - match: {domian: "*.example.com"}
    deploy: of
  - name: payments
    match: {product: [ALB, CDNN], domain: "pay example"}
    pin: {}
    accept_outage: perhaps
  - match: {product: cdn}
    warning_days: 3
  - match: {certificate: 7}
  - deploy: off
  - match: {}
    pin: {isuer: DigiCert}
"""


def refused(text: str) -> list[str]:
    with pytest.raises(InvalidRequestError) as caught:
        parse_policies(text)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix("policies: ").split("; ")


def test_all_faults_are_told_at_once_each_with_its_place_and_what_to_do() -> None:
    told = refused(ALL_FAULTS)

    assert "default: unknown, did you mean defaults?" in told
    assert "defaults.deploi: unknown, did you mean deploy?" in told
    assert any(one.startswith("defaults.warning_days.2: ") and one.endswith("not 'soon'") for one in told)
    assert any(one.startswith("defaults.warning_days.3: ") and one.endswith("not '0'") for one in told)
    assert "rule 1, match.domian: unknown, did you mean domain?" in told
    assert "rule 1, deploy: 'of' is unknown, did you mean off?" in told
    assert "rule 2 (payments), match.product.2: 'CDNN' is unknown, did you mean CDN?" in told
    assert any(one.startswith("rule 2 (payments), match.domain: 'pay example'") for one in told)
    assert "rule 2 (payments), pin: names one of issuer and certificate" in told
    assert any(
        one.startswith("rule 2 (payments), accept_outage:") and "'perhaps'" in one for one in told
    )  # fmt: skip
    assert "rule 3: warning_days are of a certificate, wherever it is" in told
    assert any(one.startswith("rule 4: sets nothing") for one in told)
    assert "rule 5, match: missing" in told
    assert "rule 6, pin.isuer: unknown, did you mean issuer?" in told


@pytest.mark.parametrize("match", ["{tag: team}", "{tags: {team: web}}", "{tags: [team], product: CDN}"])
def test_a_rule_for_a_tag_is_refused_with_the_reason(match: str) -> None:
    told = refused(f"rules: [{{match: {match}, deploy: off}}]")

    assert any(": a rule cannot match tags: the lists of CDN, " in one for one in told)
    assert not any("unknown" in one for one in told)


def test_words_are_read_as_the_text_that_they_are() -> None:
    policies = parse_policies(
        "defaults: {deploy: off}\nrules:\n- {match: {certificate: 0123}, pin: none, accept_outage: yes}"
    )

    assert policies.defaults == PolicySettings(deploy=Mode.OFF)
    (rule,) = policies.rules
    assert (rule.match.certificate, rule.pin, rule.accept_outage) == (("0123",), Pin(), True)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "defaults:\nrules:\n", "rules: []"])
def test_a_document_that_says_nothing_is_one(text: str) -> None:
    assert parse_policies(text) == Policies()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: []\nrules: []", "not YAML: line 2, column 1: rules stands here twice"),
        ("defaults: {deploy: off, deploy: draft}", "not YAML: line 1, column 25: deploy stands here twice"),
        ("rules: [", "not YAML: line 1, column 9: expected the node content"),
        ("rules: !!python/object:os.system x", "not YAML: line 1, column 8: could not determine"),
        ("? [a]\n: b", "not YAML: unhashable type: 'list'"),
        ("rules: [&a {match: *a}]", "not YAML: line 1"),
        ("- deploy: off", "expected `defaults:` and `rules:`"),
        ("rules: off", "rules: expected a list, not 'off'"),
        ("rules: [off]", "rule 1: expected keys with values, not 'off'"),
        (
            "rules:\n- {match: {region: []}, deploy: off}",
            "rule 1, match.region: Value should have at least 1",
        ),
        ("rules:\n- {match: {}, deploy: off}", "rule 1: match names nothing"),
        ("defaults: {pin: {issuer: a, certificate: b}}", "defaults.pin: names one of issuer and certificate"),
        ("waves: {canary: one, pauze: 2h}", "waves.pauze: unknown, did you mean pause?"),
        ("waves: {pause: 2h}", "waves.canary: missing"),
        ("waves: {canary: two}", "waves.canary.1: 'two' is none of one, per-product and a part"),
        ("waves: {canary: one, pause: soon}", "waves.pause: 'soon' is not a span such as 30m, 2h or 1d"),
        ("waves: {canary: one, halt_at: 100%}", "waves.halt_at: Input should be less than 100"),
        ("freezes: [{zone: UTC, weekli: x}]", "freezes.1.weekli: unknown, did you mean weekly?"),
        ("freezes: {zone: UTC}", "freezes.1: names no time, give weekly or dates"),
        ("freezes: {zone: UTC, weekly: weekends}", "freezes.1.weekly.1: 'weekends' is neither like"),
        ("#" * (LONGEST_TEXT + 1), "longer than 256 KiB"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, told: str) -> None:
    assert refused(text)[0].startswith(told)
