"""The products that certdeploy is for, named once; nothing is named that is not there, nor the other way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emulator.estate import load_estate
from host.template import load_template
from shared.domain.matching import FIRST_DEPLOYMENT, SET_BY
from shared.domain.resources import CloudProduct
from shared.products import adapter_class, default_products, supported_products

ROOT = Path(__file__).parents[2]
#: What is deployed to, with the sections of an estate file that hold it.
TABLE = {
    "ACK": ("ack",),
    "ALB": ("alb",),
    "APIGateway": ("apigateway", "apig"),
    "AWS": ("aws", "cloudfront"),
    "CDN": ("cdn",),
    "DCDN": ("dcdn",),
    "DDOS": ("ddos",),
    "ESA": ("esa",),
    "FC": ("fc",),
    "GA": ("ga",),
    "LIVE": ("live",),
    "MSE": ("mse",),
    "NLB": ("nlb",),
    "OSS": ("oss",),
    "PAI": ("pai",),
    "SAE": ("sae",),
    "SLB": ("slb",),
    "VOD": ("vod",),
    "WAF": ("waf",),
}


def documented() -> dict[str, list[str]]:
    """README's table: the cells after the product's, by product."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Products\n")[2].partition("\n### ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    cells = {row[0]: row[1:] for row in rows[2:]}
    named = {name: row for names, row in cells.items() for name in re.split(r", ", names)}
    spelled = {"API Gateway": "APIGateway", "SLB (CLB)": "SLB"}
    return {spelled.get(name, name): row for name, row in named.items() if name not in ("CAS", "stack")}


def test_what_is_named_is_registered() -> None:
    assert {product.value for product in CloudProduct} == set(TABLE)
    assert {product.value for product in supported_products()} == set(TABLE)
    assert {product.value for product in default_products(aws=True)} == set(TABLE)


def test_the_readme_has_a_row_for_each_and_for_no_other() -> None:
    assert set(documented()) == set(TABLE)


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


def test_the_template_has_a_function_for_each_and_for_no_other() -> None:
    """What its role grants is held against the adapter elsewhere."""
    folders = {function.folder for function in load_template(ROOT / "template.yml").functions.values()}

    told = {folder.removeprefix("deploy_") for folder in folders if folder.startswith("deploy_")}
    assert told == {name.lower() for name in TABLE}


@pytest.mark.parametrize("name", TABLE)
def test_it_has_an_event_and_a_place_in_the_sample_estate(name: str) -> None:
    assert (ROOT / f"events/deploy_{name.lower()}.worker-scheduled.json").exists()
    estate = load_estate(None)
    assert [section for section in TABLE[name] if not getattr(estate, section)] == []


def test_an_estate_has_no_section_for_anything_else() -> None:
    others = {"regions", "contacts", "certificates"}
    assert set(type(load_estate(None)).model_fields) - others == {
        section for sections in TABLE.values() for section in sections
    }
