"""PEM text: every form that copies take, and every way a copy goes wrong."""

from dataclasses import FrozenInstanceError

import pytest

from shared.validation.pem import Block, read_blocks
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
        "\n\ufeff" + PEM,
        "".join(f"    {line}\n" for line in PEM.splitlines()),
        PEM.rstrip("\n"),
        PEM.replace("\nM", "\nM \t "),
    ],
    ids=[
        "crlf",
        "cr",
        "blank lines",
        "around",
        "bom",
        "bom of a file that was joined",
        "indented",
        "no last line end",
        "spaces within",
    ],
)
def test_every_spelling_reads_as_the_same_block(spelling: str) -> None:
    reading = read_blocks(spelling)
    assert [block.text for block in reading.blocks] == [PEM]
    assert not reading.problems


def test_lines_of_another_width_are_wrapped_anew() -> None:
    begin, *body, end = PEM.splitlines()
    reading = read_blocks("\n".join([begin, "".join(body), end]))
    assert reading.blocks[0].text == PEM


EMPTY = "it is empty; provide the PEM text"
ONE_LINE = "its BEGIN line does not stand alone; keep the line breaks when copying"
NO_PEM = (
    "it is not PEM (no BEGIN line); convert it, for example with"
    " `openssl x509 -inform der` or `openssl pkcs12 -nodes`"
)
UNCLOSED = "the CERTIFICATE that begins on line {} has no END line; copy all of it"
NO_BASE64 = "the CERTIFICATE that begins on line {} is damaged (not base64); copy it again"
LINES = len(PEM.splitlines())
BEGIN, END = PEM.splitlines()[0], PEM.splitlines()[-1]


LEFT_OVER = "there is text after the last END line (line {}); remove it"
BACKSLASHES = r"its line breaks are written as the two characters \n; use real line breaks"
BAD_COPIES = {
    "nothing": ("", [EMPTY]),
    "white space": (" \n", [EMPTY]),
    "binary": ("0\x82\x03binary", [NO_PEM]),
    "words": ("BEGIN CERTIFICATE", [NO_PEM]),
    "backslashes": (PEM.replace("\n", "\\n"), [BACKSLASHES]),
    "two of those": (f"{PEM!r}\n{PEM!r}", [ONE_LINE]),
    "one line": (PEM.replace("\n", " "), [ONE_LINE]),
    "label in lower case": (PEM.replace("CERTIFICATE", "certificate"), [ONE_LINE]),
    "cut": (PEM[:200], [UNCLOSED.format(1)]),
    "cut before another": (PEM[:200] + "\n" + PEM, [UNCLOSED.format(1)]),
    "cut after another": (PEM + PEM[:200], [UNCLOSED.format(LINES + 1)]),
    "cut twice": (f"{PEM}{BEGIN}\nAAAA\n{BEGIN}", [UNCLOSED.format(LINES + 1), UNCLOSED.format(LINES + 3)]),
    "more behind": (PEM + "\nleft\nover\n", [LEFT_OVER.format(LINES + 2)]),
    "an end without begin": (PEM + END, [f"line {LINES + 1} ends a CERTIFICATE that has no BEGIN line"]),
    "no base64": (PEM.replace("\nM", "\n!M", 1), [NO_BASE64.format(1)]),
    "not ASCII": (PEM.replace("\nM", "\néM", 1), [NO_BASE64.format(1)]),
    "a letter that looks the same": (PEM.replace("\nM", "\n\u041cM", 1), [NO_BASE64.format(1)]),
    "nothing inside": (f"{BEGIN}\n{END}", [NO_BASE64.format(1)]),
    "padding within": (f"\n{BEGIN}\nQUI=C\n{END}", [NO_BASE64.format(2)]),
    "a label before it": (
        f"{BEGIN}\nAAAA\n-----END ATTRIBUTE-----",
        ["line 3 ends a ATTRIBUTE that has no BEGIN line"],
    ),
    "another label": (
        f"{BEGIN}\nAAAA\n-----END PRIVATE KEY-----",
        ["line 3 ends a PRIVATE KEY that has no BEGIN line"],
    ),
}


@pytest.mark.parametrize("copy", BAD_COPIES)
def test_a_bad_copy_is_told_what_is_wrong(copy: str) -> None:
    text, problems = BAD_COPIES[copy]
    assert read_blocks(text).problems == problems


def test_text_as_long_as_allowed_is_read_and_one_character_more_is_not() -> None:
    longest = PEM + " " * (256 * 1024 - len(PEM))
    assert [block.text for block in read_blocks(longest).blocks] == [PEM]
    reading = read_blocks(longest + " ")
    assert reading.problems == ["it is longer than 256 KiB; provide only this certificate"]
    assert (reading.blocks, reading.damaged) == ([], True)


def test_the_first_line_that_is_wrong_decides_whether_a_block_is_lost() -> None:
    assert read_blocks(PEM[:200]).damaged
    assert read_blocks(PEM.replace("\nM", "\n!M", 1)).damaged
    assert read_blocks(PEM + PEM[30:]).damaged
    left_over = read_blocks(PEM + "left over")
    assert [block.text for block in left_over.blocks] == [PEM]
    assert not left_over.damaged


def test_a_block_knows_its_label_its_line_its_bytes_and_its_headers() -> None:
    text = "\n-----BEGIN MY KEY 2-----\nProc-Type: 4,ENCRYPTED\nX: y\n\nQUJD\n-----END MY KEY 2-----\n"
    (block,) = read_blocks(text).blocks
    assert block == Block("MY KEY 2", 2, b"ABC", ("Proc-Type: 4,ENCRYPTED", "X: y"))
    assert block.text == text.removeprefix("\n")


def test_a_block_is_not_changed_and_tells_nothing_of_what_it_holds() -> None:
    block = Block("MY KEY", 1, b"s3cret", ("Comment: s3cret",))
    assert "s3cret" not in repr(block)
    with pytest.raises(FrozenInstanceError):
        block.label = "OTHER"  # type: ignore[misc]


def test_long_bytes_are_written_in_lines_of_64_characters() -> None:
    lines = Block("DATA", 1, b"x" * 96).text.splitlines()
    assert [len(line) for line in lines[1:-1]] == [64, 64]
    assert Block("DATA", 1, b"x").text == "-----BEGIN DATA-----\neA==\n-----END DATA-----\n"


def test_text_before_a_block_is_dropped_and_noted_once() -> None:
    reading = read_blocks(f"Bag Attributes\n\n{PEM}\nanother\n{intermediate().pem}")
    assert [block.text for block in reading.blocks] == [PEM, intermediate().pem]
    assert reading.notes == ["text outside the BEGIN and END lines was dropped"]
    assert reading.problems == []
    assert read_blocks(PEM * 2).notes == []


def test_what_follows_a_wrong_end_is_outside() -> None:
    reading = read_blocks(f"{BEGIN}\nAAAA\n-----END OTHER-----\nloose\n{PEM}")
    assert reading.problems == ["line 3 ends a OTHER that has no BEGIN line"]
    assert reading.notes == ["text outside the BEGIN and END lines was dropped"]
    assert [block.text for block in reading.blocks] == [PEM]


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
