"""The rules of the layout, as tests: what belongs together, what stays out. Layers: .importlinter."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.resources import CloudProduct
from shared.products import supported_products

ROOT = Path(__file__).parents[2]
OURS = ("shared", "functions", "host", "emulator", "cli", "console", "stack", "tests", "tools")
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))
#: Where a private key leaves its type: into our own check, the form body of an upload, and the file
#: that a person asked for.
REVEALED_IN = {
    "cli/bundle_files.py",
    "shared/cloud/cas.py",
    "shared/products/apigateway/classic.py",
    "shared/products/aws/imports.py",
    "shared/products/fc/domains.py",
    "shared/products/live/adapter.py",
    "shared/products/slb/store.py",
    "shared/products/ack/tls_secrets.py",
    "shared/validation/keys.py",
}
#: What a pure module does not touch: it is told the time, and what is random or set outside.
WORLD = re.compile(
    r"datetime\.(now|today|utcnow)\(|date\.today\(|\btime\.(time|monotonic|sleep)\(|os\.environ|getenv|\brandom\.|\buuid\."
)


def sources(*folders: str) -> Iterator[tuple[str, str]]:
    """Each module's path, relative to the root, with its text."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def imports(text: str) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
        elif isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
    return modules


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_parse_one_call_return(name: str) -> None:
    """It imports the runtime, one service and its event; its docstring says what triggers it."""
    text = (ROOT / f"functions/{name}/index.py").read_text(encoding="utf-8")
    allowed = ("shared.runtime", "shared.services", "shared.domain")
    for module in imports(text):
        assert module.startswith(allowed) or module in {"typing", "__future__"}, module
    tree = ast.parse(text)
    assert re.search(r"^Triggers?: ", ast.get_docstring(tree) or "", re.MULTILINE)
    handlers = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert [handler.name for handler in handlers] == ["handler"]
    assert len(handlers[0].body) <= 3


@pytest.mark.parametrize("product", supported_products(), ids=lambda product: product.value)
def test_services_and_runtime_know_no_product_by_name(product: CloudProduct) -> None:
    named = f"CloudProduct.{product.value}"
    assert [p for p, text in sources("shared/services", "shared/runtime") if named in text] == []


def test_domain_and_validation_are_told_what_time_it_is() -> None:
    """Pure: the same in, the same out."""
    found = [
        f"{path}: {match[0]}"
        for path, text in sources("shared/domain", "shared/validation")
        if (match := WORLD.search(text))
    ]
    assert found == []


def test_a_value_is_changed_by_evolve_which_knows_its_fields() -> None:
    """`model_copy` takes any name; it is called where evolve has looked at the names."""
    users = [name for name, text in sources("shared", "cli", "bench", "tests") if ".model_copy(" in text]

    assert users == ["shared/domain/values.py", "tests/unit/test_architecture.py"]


def test_the_environment_is_read_and_not_written() -> None:
    """Settings are handed over. The one exception adds a loopback address to NO_PROXY."""
    writes = re.compile(r"os\.environ(\[[^]]+\] *=|\.(update|clear|pop|setdefault)\()")

    assert [name for name, text in sources("shared", "cli", "functions") if writes.search(text)] == [
        "shared/cloud/loopback.py"
    ]


def test_a_private_key_is_revealed_in_known_places_only() -> None:
    deployed = sources("shared", "functions", "host", "cli", "console")
    assert {path for path, text in deployed if ".reveal()" in text} <= REVEALED_IN


def test_certificates_from_outside_are_read_in_one_place() -> None:
    found = {
        path
        for path, text in sources("shared", "functions", "cli", "host")
        if re.search(r"\bload_(pem|der)_x509_", text)
    }
    assert found == {"shared/validation/parsed.py"}


def test_no_private_key_is_in_the_repository() -> None:
    key = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}")
    kinds = {".py", ".pem", ".key", ".json", ".yaml", ".yml", ".md", ".toml", ".txt"}
    found = [
        path
        for folder in (*OURS, "events", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in kinds and key.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_module_says_what_it_holds_and_fits_in_the_head() -> None:
    for path, text in sources(*OURS):
        assert len(text.splitlines()) < 300, f"{path} is too long: split it"
        if text.strip():
            assert ast.get_docstring(ast.parse(text)), f"{path} has no docstring"
