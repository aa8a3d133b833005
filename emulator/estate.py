"""The estate file: which certificates and resources an emulated account holds. `docs/estate.md`.

`load_estate` gives a checked estate or one `EstateError` that names every wrong field. Private keys are in a
saved file only (`saving.py`): certificates are issued by the local CA when the estate is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import PrivateAttr, ValidationError, create_model

from emulator._estate_text import explain, nearest
from emulator.accounts import AccountId, EntryRole, problems_of
from emulator.bundles import Bundle
from emulator.certificates import STORES, Certificate
from emulator.saved import Saved
from emulator.sections import Part, Region, Row, Section, Use, sections, twice

SAMPLE = Path(__file__).parent / "estates" / "sample.yaml"
FIRST_CERTIFICATE_ID = 10741304


class EstateError(Exception):
    """The estate file cannot be used; the text says where, what and the nearest valid name."""


class Contact(Part):
    name: str
    email: str = ""
    mobile: str = ""


class Estate(Part):
    """The whole file. A certificate's name is the file's own; `identifier` is CAS's word for it.

    Beside these fields there is a list for each of `sections()`, under its key.
    """

    regions: list[Region] = ["cn-hangzhou"]
    contacts: list[Contact] = []
    certificates: dict[str, Certificate] = {}
    saved: Saved | None = None  #: of a running cloud
    _bundles: dict[str, Bundle] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: object) -> None:
        super().model_post_init(context)
        if self.saved is not None:
            self._bundles.update(self.saved.bundles())

    def of(self, section: type[Row]) -> list[Row]:
        """The rows of one section."""
        rows: list[Row] = getattr(self, section.key)
        return rows

    @property
    def others(self) -> list[Any]:
        """The accounts beside the first one."""
        found: list[Any] = getattr(self, "accounts", [])
        return found

    @property
    def entry_roles(self) -> list[EntryRole]:
        """Of an account beside the first one: by which it is entered."""
        found: list[EntryRole] = getattr(self, "roles", [])
        return found

    @property
    def first_certificate_id(self) -> int:
        """Whether two accounts may have the same ids is not known: another one's may begin anywhere."""
        return getattr(self, "first_id", 0) or FIRST_CERTIFICATE_ID

    def id_of(self, name: str) -> int:
        """The certificate's id in CAS, by its place in the file: the same each time."""
        return self.first_certificate_id + 1009 * list(self.certificates).index(name)

    def cas_name(self, name: str) -> str:
        """The certificate's name in CAS, of which there may be several."""
        return self.certificates[name].name or name

    def identifier(self, name: str) -> str:
        return f"{self.id_of(name)}-{self.certificates[name].store}"

    def bundle(self, name: str, now: datetime) -> Bundle:
        """The certificate itself, issued when first asked for, then kept."""
        if name not in self._bundles:
            self._bundles[name] = self.certificates[name].issue(now, key_slot=f"estate {name}")
        return self._bundles[name]

    def problems(self) -> list[str]:
        """References and rules that no single field can check."""
        found = self.saved.problems(plain_of(self)) if self.saved is not None else []
        for key, section in sections().items():
            identities: dict[str, list[str]] = {}
            for index, row in enumerate(self.of(section)):
                path = f"{key}[{index}]"
                found += self._out_of_place(path, row)
                found += [f"{use.path}: {fault}" for use in row.uses(path) if (fault := self._fault(use))]
                found += row.problems(path)
                for what, value in row.identities():
                    identities.setdefault(what, []).append(value)
            for what, values in identities.items():
                found += twice(key, what, values)
            found += section.misplaced(self)
        return [*found, *problems_of(self.others)]

    def _out_of_place(self, path: str, row: Section) -> list[str]:
        """A regional resource is in one of the account's regions; buckets may be anywhere."""
        region = getattr(row, "region", None)
        if region is None or region in self.regions or row.anywhere:
            return []
        return [f'{path}.region: "{region}" is not in regions{nearest(region, self.regions)}']

    def _fault(self, use: Use) -> str:
        certificate = self.certificates.get(use.name)
        if certificate is None:
            return f'no certificate is named "{use.name}"{nearest(use.name, self.certificates)}'
        if not certificate.private_key:
            return f'"{use.name}" has no private key, so nothing can serve it'
        if certificate.key == "sm2":
            return f'"{use.name}" is an SM2 certificate, which nothing here serves'
        if use.in_cas and not certificate.in_cas:
            return f'"{use.name}" is not in CAS, and this product takes its certificates from there'
        if use.region and not reaches(certificate.store, use.region):
            return (
                f'"{use.name}" is in store {certificate.store}; a load balancer outside '
                "mainland China takes certificates of store ap-southeast-1"
            )
        return ""


_LISTS: dict[str, Any] = {
    key: (list[section], [])  # type: ignore[valid-type]
    for key, section in sections().items()
}
_ACCOUNT: Any = create_model("Estate", __base__=Estate, **_LISTS)
_OTHER: Any = create_model(
    "OtherAccount",
    __base__=_ACCOUNT,
    id=(AccountId, ...),
    roles=(list[EntryRole], []),
    first_id=(int, 0),
    same_entity=(bool, False),
)
_FILE: Any = create_model("Estate", __base__=_ACCOUNT, accounts=(list[_OTHER], []))


def reaches(store: str, region: str) -> bool:
    """Whether a load balancer of `region` finds certificates of a CAS store.

    Source: a peer deployer's issue; a certificate of the China store is "not found" overseas. Those of
    the other stores are found [guess for eu-central-1].
    """
    return region.startswith("cn-") or store != STORES[0]


def load_estate(path: Path | None) -> Estate:
    """The estate in `path` (YAML or JSON), or the sample that ships with the emulator.

    Raises:
        EstateError: unreadable, not YAML, or any field wrong; all of them in one text.
    """
    path = path or SAMPLE
    try:
        text = path.read_bytes()
    except OSError as error:
        raise EstateError(f"{path}: {error.strerror or error}") from error
    return parse_estate(read_plain(text, str(path)), source=str(path))


def read_plain(text: bytes, source: str) -> object:
    """The data of an estate in YAML or JSON, not checked yet. Raises EstateError."""
    try:
        if text.lstrip()[:1] == b"{":
            with suppress(json.JSONDecodeError):  # then it is YAML, which may begin so too
                return json.loads(text, object_pairs_hook=_once)
        return yaml.load(text.decode("utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError) as error:  # also of what is no UTF-8, or no date
        raise EstateError(f"{source}: not YAML or JSON: {' '.join(str(error).split())}") from error
    except RecursionError:
        raise EstateError(f"{source}: nested too deeply") from None


def merged(estate: Estate | None, more: object) -> object:
    """The data of `estate` with the rows and certificates of `more`, not checked yet."""
    data = plain_of(estate) if estate is not None else {}
    if not isinstance(more, dict):
        return more
    for key, value in more.items():
        held = data.get(key)
        if isinstance(held, list) and isinstance(value, list):
            data[key] = held + [row for row in value if row not in held]
        elif isinstance(held, dict) and isinstance(value, dict):
            data[key] = held | value
        else:
            data[key] = value
    return data


def plain_of(estate: Estate) -> dict[str, Any]:
    """What a file of this estate holds, without what goes without saying."""
    return estate.model_dump(mode="json", exclude_defaults=True)


def parse_estate(data: object, *, source: str = "estate") -> Estate:
    """An estate from plain data, checked like a file. Raises EstateError."""
    if not isinstance(data, dict):
        raise EstateError(f"{source}: a mapping is expected at the top, with keys such as cdn, alb")
    if any(not _whole(text) for text in _texts(data)):
        raise EstateError(f"{source}: half a character (a lone surrogate) in a text; write it whole")
    try:
        estate = _FILE.model_validate(data)
        problems = estate.problems()
    except ValidationError as error:
        problems = explain(error, _FILE, data)
    if problems:
        raise EstateError("\n".join([f"{source}: {len(problems)} wrong:", *problems]))
    return estate


def _texts(data: object) -> Iterator[str]:
    """All keys and values that are texts; of a part that is in several places, once."""
    left, seen = [data], set[int]()
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list) and id(value) not in seen:
            seen.add(id(value))
            left += [*value, *value.values()] if isinstance(value, dict) else value


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f'the key "{next(key for key in keys if keys.count(key) > 1)}" is given twice')
    return found


class _Loader(yaml.SafeLoader):
    """YAML, but a key given twice is a mistake and not an overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise yaml.constructor.ConstructorError(
                    None,
                    None,
                    f'the key "{key}" is given twice',
                    node.value[position][0].start_mark,
                )
        return super().construct_mapping(node, deep)
