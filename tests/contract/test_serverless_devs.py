"""s.yaml gives ROS what template.yml asks for, in the form of the component `ros` of Serverless Devs."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.contract.rosfile import DOCUMENT, ROOT

DECLARED: dict[str, Any] = DOCUMENT["Parameters"]
PROPS: dict[str, Any] = yaml.safe_load((ROOT / "s.yaml").read_text(encoding="utf-8"))["resources"][
    "certdeploy"
]["props"]


def test_it_names_the_template_that_there_is() -> None:
    """The component takes no other properties."""
    assert set(PROPS) == {"region", "name", "endpoint", "template", "parameters"}
    assert (ROOT / PROPS["template"]).samefile(ROOT / "template.yml")


def test_it_gives_what_has_no_default_and_nothing_that_is_not_declared() -> None:
    needed = {name for name, spec in DECLARED.items() if "Default" not in spec}

    assert needed <= set(PROPS["parameters"]) <= set(DECLARED)


def test_nothing_secret_stands_in_it() -> None:
    hidden = {name for name, spec in DECLARED.items() if spec.get("NoEcho")}

    assert hidden
    assert not hidden & set(PROPS["parameters"])
    assert all(re.fullmatch(r"\$\{(env|vars)[^}]+\}", text) for text in PROPS["parameters"].values())
