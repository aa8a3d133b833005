"""Wheels: what is taken of them, and what is told when pip refuses."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from stack.locks import Locked
from stack.target import target_of
from stack.wheels import PackagingError, fetched, unpacked


def wheel(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_what_an_import_may_need_is_taken(tmp_path: Path) -> None:
    files = {
        "box/__init__.py": "1",
        "box/data.json": "2",
        "box/_rust.abi3.so": "3",
        "box-1.data/purelib/more.py": "4",
        "box-1.dist-info/METADATA": "5",
        "box-1.dist-info/licenses/LICENSE": "6",
    }
    left = [
        "box/tests/test_box.py",
        "box/__pycache__/a.pyc",
        "box/__init__.pyi",
        "box/fast.pyx",
        "box-1.data/scripts/box",
        "box-1.dist-info/RECORD",
    ]

    taken = unpacked([wheel(tmp_path / "box.whl", **files, **dict.fromkeys(left, "x"))])

    assert set(taken) == {name.replace("box-1.data/purelib/", "") for name in files}
    assert taken["more.py"] == b"4"


def test_two_wheels_that_hold_the_same_file_otherwise_are_refused(tmp_path: Path) -> None:
    one, other = wheel(tmp_path / "1.whl", **{"a.py": "1"}), wheel(tmp_path / "2.whl", **{"a.py": "2"})

    with pytest.raises(PackagingError, match=r"2\.whl: a\.py is in another wheel too"):
        unpacked([one, other])


@pytest.mark.long
def test_what_pip_refuses_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)

    with pytest.raises(PackagingError) as failed:
        fetched([Locked("no-such-thing", "1.0", ())], target_of("3.10"))

    assert str(failed.value).startswith("pip download failed: ERROR: Could not find")
    assert "no-such-thing==1.0" in str(failed.value)
