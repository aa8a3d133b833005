"""Archives: the same files make the same bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from stack import archive

FILES = {"b/two.py": b"2", "a.py": b"1" * 1000}


def test_the_order_and_the_time_of_writing_change_nothing(tmp_path: Path) -> None:
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"

    archive.write(first, FILES)
    archive.write(second, dict(reversed(FILES.items())))

    assert first.read_bytes() == second.read_bytes()
    assert archive.digest(FILES) == archive.digest(dict(reversed(FILES.items())))
    with zipfile.ZipFile(first) as made:
        assert {one.filename: made.read(one) for one in made.infolist()} == FILES
        assert {(one.date_time[0], one.external_attr >> 16) for one in made.infolist()} == {(1980, 0o644)}
    assert first.stat().st_size < 500


@pytest.mark.parametrize(
    "other",
    [
        {**FILES, "a.py": b"3"},
        {**FILES, "c.py": b""},
        {"a.py": FILES["a.py"], "b/two.pyx": b"2"},
        {"a.py\0": b"", **FILES},
    ],
    ids=["content", "more", "name", "a name with a separator in it"],
)
def test_anything_else_has_another_digest(other: dict[str, bytes]) -> None:
    assert archive.digest(other) != archive.digest(FILES)


def test_an_archive_that_is_cut_off_leaves_none_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "code.zip"

    with pytest.raises(TypeError):
        archive.write(path, {"a": b"1", "b": None})  # type: ignore[dict-item]

    assert not path.exists()
