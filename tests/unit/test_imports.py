"""A deployed function stays small: a handler imports no SDK of a product and nothing of this machine."""

from bench import imports


def test_no_handler_imports_an_sdk_of_a_product_or_the_emulator() -> None:
    loaded = imports.load(imports.functions())

    assert "shared.runtime.handler" in loaded["modules"]
    assert imports.forbidden(loaded["modules"]) == ()


def test_a_forbidden_module_would_be_seen() -> None:
    assert imports.forbidden(["json", "moto.core", "emulator"]) == ("emulator", "moto")
