"""States of what is in work: one reading for all who ask, of what they ask for and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.products.kit.in_work import InWork


@dataclass
class Product:
    """What it has, by name, and for which names it was asked; time passes only by hand."""

    has: dict[str, str] = field(default_factory=lambda: {"a": "busy", "b": "busy"})
    asked: list[list[str]] = field(default_factory=list)
    now: float = 100.0

    def read(self, names: list[str]) -> Mapping[str, str]:
        self.asked.append(sorted(names))
        return {name: state for name, state in self.has.items() if name in names}

    def states(self) -> InWork[str]:
        return InWork(self.read, lambda: self.now)


def test_a_reading_is_for_all_that_are_in_work() -> None:
    product = Product()
    states = product.states()
    for name in ("a", "b"):
        states.of(name)
        product.now += 1
    product.asked.clear()

    product.has["b"] = "ready"
    assert [states.of(name) for name in ("a", "b")] == ["busy", "ready"]

    assert product.asked == [["a", "b"]]


def test_who_asks_for_the_first_time_is_not_told_a_reading_that_left_it_out() -> None:
    product = Product()
    states = product.states()

    assert (states.of("a"), states.of("b")) == ("busy", "busy")

    assert product.asked == [["a"], ["a", "b"]]


def test_what_the_product_does_not_have_has_no_state_and_is_asked_for_once() -> None:
    product = Product()

    assert product.states().of("z") is None

    assert product.asked == [["z"]]


def test_what_nobody_asks_for_any_more_is_left_out() -> None:
    product = Product()
    states = product.states()
    states.of("a")
    product.now += 31
    states.of("b")

    assert product.asked[-1] == ["b"]
    assert states.of("a") == "busy", "it may be asked for again"


def test_a_change_of_one_s_own_makes_what_was_read_before_old() -> None:
    product = Product()
    states = product.states()
    for name in ("a", "b"):
        states.of(name)
    product.now += 1
    states.of("a")  # a reading that b has not been told yet
    product.asked.clear()

    product.now += 1
    states.changed("b")
    product.has["b"] = "ready"

    assert states.of("b") == "ready"
    assert product.asked == [["a", "b"]]
