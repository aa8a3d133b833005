"""Slots: their names among all products, and which are changed one after the other."""

from shared.domain.resources import CloudProduct, SlotRole
from tests.builders import a_listener_slot, a_resource


def test_slots_of_one_listener_are_different_slots_with_one_writer() -> None:
    default = a_listener_slot("lsn-1", SlotRole.DEFAULT)
    additional = a_listener_slot("lsn-1", SlotRole.ADDITIONAL)
    assert default.slot != additional.slot
    assert default.writer == additional.writer == "ALB/cn-hangzhou/lsn-1"


def test_a_domain_is_its_own_writer() -> None:
    assert a_resource("a.example.com").writer == "CDN/-/a.example.com"
    assert a_resource("a.example.com").writer != a_resource("b.example.com").writer


def test_the_same_domain_on_two_products_is_two_slots() -> None:
    cdn, oss = a_resource(), a_resource(product=CloudProduct.OSS, region="cn-hangzhou")
    assert (cdn.slot, oss.slot) == ("CDN/-/www.example.com", "OSS/cn-hangzhou/www.example.com")


def test_domains_are_normalized_and_each_is_there_once() -> None:
    resource = a_resource(domains=("WWW.example.com", "www.example.com.", ".example.com"))
    assert resource.domains == ("www.example.com", "*.example.com")


def test_what_one_writer_changes_may_be_more_than_a_listener() -> None:
    slot = a_listener_slot(writer_id="alb-1")
    assert slot.writer == "ALB/cn-hangzhou/alb-1"
    assert slot.slot == "ALB/cn-hangzhou/lsn-1/default"
