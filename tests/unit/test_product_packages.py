"""A product is a package of shared/products. All else that a product has is held against these folders.

Each failing message says what to write: docs/adding-a-product.md goes through it step by step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from emulator.sections import sections, sections_of
from emulator.services import service_classes
from host.template import load_template
from shared.domain.matching import FIRST_DEPLOYMENT
from shared.domain.resources import CloudProduct
from shared.domain.rules import SET_BY
from shared.products import adapter_class, default_products, supported_products
from shared.products.kit.base import ProductAdapter

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent.name for path in (ROOT / "shared/products").glob("*/__init__.py"))
PACKAGES.remove("kit")
CODES = {product.value.lower(): product.value for product in CloudProduct}
#: Emulated, without being a product that is deployed to.
BESIDE = {"cas", "eventbridge", "kit", "kms", "ram", "ros", "sls", "sts", "tablestore"}
#: Another cloud, whose SDK pages by itself: it has contract tests of its own, and no floor.
APART = {"aws"}
ESTATE = yaml.safe_load((ROOT / "emulator/estates/sample.yaml").read_text(encoding="utf-8"))


def names(pattern: str) -> set[str]:
    """What the `*` of the pattern stands for, in each path that is there."""
    before, after = pattern.split("*")
    paths = (path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))
    return {path.removeprefix(before).removesuffix(after) for path in paths} - {"__init__"}


def documented() -> dict[str, list[str]]:
    """README's table: the cells after the product's, by product."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Products\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    cells = {row[0]: row[1:] for row in rows[2:] if row[0] not in ("CAS", "Tablestore", "stack")}
    return {
        name.partition(" (")[0].replace(" ", ""): row
        for spelled, row in cells.items()
        for name in spelled.split(", ")
    }


def missing(package: str) -> Iterator[str]:
    """What is still to be written for a product, each as a thing to do."""
    yield from missing_files(package)
    if package not in CODES:
        yield f'add a member with the value "{package.upper()}" to CloudProduct in shared/domain/resources.py'
    elif (ROOT / f"shared/products/{package}/adapter.py").exists():
        yield from missing_of(package, adapter_class(CloudProduct(CODES[package])))


def missing_files(package: str) -> Iterator[str]:
    wanted = {
        f"shared/products/{package}/adapter.py": "a class Adapter, a ProductAdapter",
        f"emulator/services/{package}/__init__.py": "SERVICES, the modules beside it that have a Service",
        f"emulator/sections/{package}.py": f'a Section whose key is "{package}"',
        f"tests/contract/cases/{package}.py": "CASES, HINDERED and HOSTS, as the others there have them",
        f"bench/shares/{package}.py": "share(slots), which says how few calls discovery can do with",
    }
    for path, what in wanted.items():
        apart = package in APART and path.startswith(("tests/", "bench/"))
        several = path.startswith("tests/") and names(f"tests/contract/cases/{package}_*.py")
        if not (ROOT / path).exists() and not apart and not several:
            yield f"write {path} with {what}"


def missing_of(package: str, adapter: type[ProductAdapter]) -> Iterator[str]:
    code = CODES[package]
    for path in (f"functions/deploy_{package}/index.py", f"events/deploy_{package}.worker-scheduled.json"):
        if not (ROOT / path).exists():
            yield f"run python -m tools.products, which writes {path}"
    if code not in documented():
        yield f"add a row {code} to the table of products in README.md"
    if (ROOT / f"emulator/sections/{package}.py").exists():
        yield from missing_of_estate(package)
    if (ROOT / f"emulator/services/{package}/__init__.py").exists():
        yield from missing_of_emulator(package, adapter)


def missing_of_estate(package: str) -> Iterator[str]:
    headings = "".join(re.findall(r"^### .*$", (ROOT / "docs/estate.md").read_text(encoding="utf-8"), re.M))
    for key in sections_of(package) or [package]:
        if not ESTATE.get(key):
            yield f"add rows under {key}: to emulator/estates/sample.yaml"
        if f"`{key}`" not in headings:
            yield f"describe the fields of {key} in docs/estate.md"


def missing_of_emulator(package: str, adapter: type[ProductAdapter]) -> Iterator[str]:
    services = import_module(f"emulator.services.{package}").SERVICES
    for kind in getattr(adapter, "kinds", {}).values() or [adapter]:
        for name, action in kind.actions.items():
            api = action.api or kind.api
            module, declared = api.code.replace("-", "_"), f"emulator/declarations/{api.code}.json"
            if api == kind.api and module not in services:
                yield f"name {module} in SERVICES of emulator/services/{package}/__init__.py"
                return
            service = service_classes()[module]
            if not callable(getattr(service, name, None)):
                yield f"write a method {name} in the Service of {service.__module__}"
            if service.style != "OSS" and name not in declarations(declared):
                yield f"declare {name} in {declared}: python tools/declare.py, or by hand with a source"


def declarations(path: str) -> dict[str, object]:
    file = ROOT / path
    found: dict[str, object] = json.loads(file.read_text())["actions"] if file.exists() else {}
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_a_product_has_all_its_parts(package: str) -> None:
    to_do = list(missing(package))

    assert not to_do, "\n".join(["", *to_do])


def test_nothing_is_there_for_a_product_without_a_package() -> None:
    sectioned = {name for name in names("emulator/sections/*.py") if sections_of(name)} - BESIDE
    shared = {name for name in names("bench/shares/*.py") if name not in ("alike", "share")}
    cases = {name.partition("_")[0] for name in names("tests/contract/cases/*.py")} - {""}
    folders = (function.folder for function in load_template(ROOT / "template.yml").functions.values())
    elsewhere = {
        "CloudProduct": set(CODES),
        "emulator/services": names("emulator/services/*/__init__.py") - BESIDE,
        "emulator/sections": sectioned,
        "functions": names("functions/deploy_*/index.py"),
        "events": names("events/deploy_*.worker-scheduled.json"),
        "template.yml": {name.removeprefix("deploy_") for name in folders if name.startswith("deploy_")},
        "tests/contract/cases": cases,
        "bench/shares": shared,
        "README": {name.lower() for name in documented()},
    }
    assert {where: left for where, found in elsewhere.items() if (left := found - set(PACKAGES))} == {}


def test_the_sample_estate_has_no_list_without_a_section() -> None:
    assert set(ESTATE) - set(sections()) == {"regions", "contacts", "certificates"}


@pytest.mark.parametrize("package", sorted(set(PACKAGES) & set(CODES)))
def test_an_adapter_is_its_package_s_own(package: str) -> None:
    adapter = adapter_class(CloudProduct(CODES[package]))

    for kind in (adapter, *getattr(adapter, "kinds", {}).values()):
        assert kind.product.value.lower() == package
        assert all(name == action.name for name, action in kind.actions.items())


def test_what_has_a_package_is_looked_after() -> None:
    assert [product.value.lower() for product in supported_products()] == PACKAGES
    assert default_products(aws=True) == supported_products()


def test_where_https_may_be_switched_on_is_said_alike_by_the_packages_the_rules_and_the_readme() -> None:
    packages = {product for product in supported_products() if adapter_class(product).first_deployment}
    told = {name for name, row in documented().items() if row[1].startswith("yes")}

    assert packages == FIRST_DEPLOYMENT
    assert told == {product.value for product in packages}


def test_whose_rules_set_other_products_certificates_is_said_alike_by_the_packages_and_the_rules() -> None:
    packages = {
        ruled: product for product in supported_products() for ruled in adapter_class(product).rules_over
    }
    assert packages == SET_BY


def test_the_readme_tells_of_each_what_only_a_real_account_can_show() -> None:
    assert {name for name, row in documented().items() if len(row) < 4 or len(row[3]) < 20} == set()
