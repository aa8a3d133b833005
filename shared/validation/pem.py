"""PEM text from outside (RFC 7468): its blocks and its problems.

No message repeats a line of the text: it may be a private key pasted in the wrong place.
"""

import base64
import re
import textwrap
from dataclasses import dataclass, field

#: Chain and key together are about 10 KB; anything longer is another file.
MAX_CHARACTERS = 256 * 1024

_LABEL = re.compile(r"-----(BEGIN|END) ([A-Z0-9 ]+)-----")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:")  # Proc-Type, DEK-Info: RFC 1421


@dataclass(frozen=True)
class Block:
    label: str
    line: int  #: of its BEGIN
    der: bytes = field(repr=False)
    headers: tuple[str, ...] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        """The block in normalized form: 64 characters per line, each line ended by a newline."""
        body = "\n".join(textwrap.wrap(base64.b64encode(self.der).decode(), 64))
        head = "".join(f"{line}\n" for line in self.headers) + ("\n" if self.headers else "")
        return f"-----BEGIN {self.label}-----\n{head}{body}\n-----END {self.label}-----\n"


@dataclass
class Reading:
    blocks: list[Block] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)  #: lines where something begins that is unreadable
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def damaged(self) -> bool:
        """A block is unreadable, so problems of the chain as a whole may mislead."""
        return bool(self.lost)

    def lose(self, problem: str, line: int) -> None:
        self.lost.append(line)
        self.problems.append(problem)

    def lost_before(self, line: int) -> bool:
        return any(lost < line for lost in self.lost)


def read_blocks(text: str) -> Reading:
    """All blocks, whatever their line endings, blank lines and widths, and all problems of the format.

    Text before a block is a comment (such as openssl's `Bag Attributes`) and is dropped. Text after the
    last block is refused: an incomplete or duplicated paste leaves such text behind.
    """
    reading, text = Reading(), text.replace("\ufeff", "")  # each of several joined files may begin with it
    if problem := _not_pem(text):
        reading.lose(problem, 1)
        return reading
    outside: list[int] = []  # lines of text since the last block
    label, begun, body = "", 0, list[str]()
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        mark = _LABEL.fullmatch(line)
        if mark is None:
            if label:
                body.append(line)
            elif line:
                outside.append(number)
        elif mark[1] == "BEGIN":
            if label:
                reading.lose(_unclosed(label, begun), begun)
            if outside:
                reading.notes.append("text outside the BEGIN and END lines was dropped")
                outside = []
            label, begun, body = mark[2], number, []
        elif mark[2] == label:
            _close(reading, label, begun, body)
            label = ""
        else:
            reading.lose(f"line {number} ends a {mark[2]} that has no BEGIN line", number)
            label = ""
    if label:
        reading.lose(_unclosed(label, begun), begun)
    elif outside:
        reading.problems.append(f"there is text after the last END line (line {outside[0]}); remove it")
    reading.notes = list(dict.fromkeys(reading.notes))
    return reading


def _close(reading: Reading, label: str, begun: int, lines: list[str]) -> None:
    headers = tuple(line for line in lines if _HEADER.match(line))
    body = "".join("".join(line.split()) for line in lines if not _HEADER.match(line))
    try:
        der = base64.b64decode(body, validate=True)
    except ValueError:  # also of what is not ASCII
        der = b""
    if der:
        reading.blocks.append(Block(label, begun, der, headers))
    else:
        reading.lose(f"the {label} that begins on line {begun} is damaged (not base64); copy it again", begun)


def _unclosed(label: str, begun: int) -> str:
    return f"the {label} that begins on line {begun} has no END line; copy all of it"


def _not_pem(text: str) -> str | None:
    if not text.strip():
        return "it is empty; provide the PEM text"
    if len(text) > MAX_CHARACTERS:
        return f"it is longer than {MAX_CHARACTERS // 1024} KiB; provide only this certificate"
    if "-----BEGIN" not in text:
        return (
            "it is not PEM (no BEGIN line); convert it, for example with"
            " `openssl x509 -inform der` or `openssl pkcs12 -nodes`"
        )
    if "\\n" in text and not text.strip().splitlines()[1:]:
        return r"its line breaks are written as the two characters \n; use real line breaks"
    if not any(_LABEL.fullmatch(line.strip()) for line in text.splitlines()):
        return "its BEGIN line does not stand alone; keep the line breaks when copying"
    return None
