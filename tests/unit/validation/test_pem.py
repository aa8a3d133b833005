"""PEM text: every form that copies take, and every way a copy goes wrong."""

import pytest

from shared.validation.pem import MAX_CHARACTERS, read_blocks
from tests.keys import a_leaf, intermediate

PEM = a_leaf().pem


@pytest.mark.parametrize(
    "spelling",
    [
        PEM.replace("\n", "\r\n"),
        PEM.replace("\n", "\r"),
        PEM.replace("\n", "\n\n"),
        "\n \n" + PEM + "\n\t\n",
        "\ufeff" + PEM,
        "".join(f"    {line}\n" for line in PEM.splitlines()),
        PEM.rstrip("\n"),
    ],
    ids=["crlf", "cr", "blank lines", "around", "bom", "indented", "no last line end"],
)
def test_every_spelling_reads_as_the_same_block(spelling: str) -> None:
    reading = read_blocks(spelling)
    assert [block.text for block in reading.blocks] == [PEM]
    assert not reading.problems


def test_lines_of_another_width_are_wrapped_anew() -> None:
    begin, *body, end = PEM.splitlines()
    reading = read_blocks("\n".join([begin, "".join(body), end]))
    assert reading.blocks[0].text == PEM


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("0\x82\x03binary", "it is not PEM (no BEGIN line)"),
        (PEM.replace("\n", "\\n"), "two characters \\n"),
        (PEM.replace("\n", " "), "not alone on a line of its own"),
        (PEM * (MAX_CHARACTERS // len(PEM) + 1), "longer than 256 KiB"),
        (PEM[:200], "begins in line 1 has no END line"),
        (PEM[:200] + "\n" + PEM, "begins in line 1 has no END line"),
        (PEM + "left over\n", "text after the last END line"),
        (PEM + PEM[30:], "ends a CERTIFICATE that no BEGIN line opened"),
        (PEM.replace("\nM", "\n!M", 1), "damaged (no base64)"),
        (PEM.splitlines()[0] + "\n" + PEM.splitlines()[-1], "damaged (no base64)"),
        (PEM.replace("END CERTIFICATE", "END PRIVATE KEY"), "ends a PRIVATE KEY that no BEGIN"),
    ],
    ids=lambda value: value[:24] if "-----" not in value else "",
)
def test_a_bad_copy_is_told_what_is_wrong(text: str, message: str) -> None:
    reading = read_blocks(text)
    assert any(message in problem for problem in reading.problems), reading.problems


def test_a_lost_block_does_not_hide_the_other() -> None:
    reading = read_blocks(PEM[:200] + "\n" + intermediate().pem)
    assert reading.damaged
    assert [block.text for block in reading.blocks] == [intermediate().pem]


def test_no_message_repeats_the_text() -> None:
    text = PEM + "SECRET" + PEM[:300]
    reading = read_blocks(text)
    assert reading.problems
    told = " ".join(reading.problems) + repr(reading)
    assert "SECRET" not in told
    assert PEM.splitlines()[1] not in told
