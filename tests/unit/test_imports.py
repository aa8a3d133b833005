"""A deployed function stays small: a handler imports no SDK of a product and nothing of this machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import imports

ROOT = Path(__file__).parents[2]


def test_no_handler_imports_an_sdk_of_a_product_or_the_emulator() -> None:
    with imports.objects(compiled=False) as path:
        loaded = imports.load(path, imports.functions())

    assert "shared.runtime.handler" in loaded["modules"]
    assert imports.forbidden(loaded["modules"]) == ()


def test_a_forbidden_module_would_be_seen() -> None:
    assert imports.forbidden(["json", "moto.core", "emulator"]) == ("emulator", "moto")


@pytest.mark.long
def test_functions_on_a_real_account_run_without_the_emulated_products() -> None:
    program = (
        "import sys\n"
        "from cli.fc_api import serving\n"
        "with serving() as api: print(*api.cloud.services)\n"
        "there = [m for name, m in sys.modules.items() if name.startswith('emulator.services.')]\n"
        "print(*[m.__name__ for m in there if hasattr(m, 'Service')])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    services, modules = done.stdout.splitlines()
    assert set(services.split()) == {name.rpartition(".")[2] for name in modules.split()}
    assert set(services.split()) == {"fc", "eventbridge"}
