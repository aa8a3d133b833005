"""What is installed is what was looked at: packages are locked by version and hash, which are checked."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_package_is_locked_by_version_and_hash(lock: Path) -> None:
    text = re.sub(r"\s*#.*", "", lock.read_text(encoding="utf-8")).replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line.strip()]

    locked = re.compile(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}")

    assert len(packages) > 3
    assert [line for line in packages if not locked.match(line)] == []


def test_installing_checks_the_hashes() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in makefile.splitlines() if re.search(r"pip install .*-r ", line)]

    assert len(installs) > 1
    assert all("--require-hashes" in line for line in installs)
    assert makefile.count("uv pip compile") == makefile.count("--generate-hashes")
