"""Which slots share a certificate that their listener holds once: none of these has a way back alone."""

from __future__ import annotations

import pytest

from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.services.way_back import together
from tests.builders import a_listener_slot, a_resource

DEFAULT = a_listener_slot()
ADDITIONAL = a_listener_slot(role=SlotRole.ADDITIONAL)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (DEFAULT, ADDITIONAL, True),
        (ADDITIONAL, a_listener_slot(role=SlotRole.ADDITIONAL, resource_id="lsn-1/additional/9"), True),
        (ADDITIONAL, ADDITIONAL, False),
        (ADDITIONAL, a_listener_slot("lsn-2"), False),
        (ADDITIONAL, a_listener_slot(region="cn-beijing"), False),
        (ADDITIONAL, a_listener_slot(product=CloudProduct.NLB), False),
        # SLB's extensions are named by their domain, not by their certificate
        (DEFAULT, a_listener_slot(role=SlotRole.DOMAIN, domains_of_certificate=False), False),
        (DEFAULT, a_listener_slot(role=SlotRole.ADDITIONAL, domains_of_certificate=False), False),
        (DEFAULT, a_listener_slot(role=SlotRole.DOMAIN), False),
        (a_resource(), a_resource("other.example.com"), False),
        (
            a_resource(role=SlotRole.ADDITIONAL, domains_of_certificate=True),
            a_resource("other.example.com", role=SlotRole.ADDITIONAL, domains_of_certificate=True),
            False,
        ),
    ],
)
def test_slots_of_one_listener_share_a_certificate_if_one_of_them_is_named_by_it(
    one: CloudResource, other: CloudResource, expected: bool
) -> None:
    assert (together(one, other), together(other, one)) == (expected, expected)
