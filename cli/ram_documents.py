"""RAM policies for roles and people, of what the code declares: actions of products, reach of functions."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cli import ram_deployer
from cli.stacks.given import instance_of
from cli.stacks.objects import bucket_of
from shared.cloud import cas
from shared.domain.certificates import STORES
from shared.domain.engines import Engine
from shared.runtime import statements as declared
from shared.runtime.grants import ASSUME, CLEANS, entering, for_engine_cas, for_other_stores, grants
from shared.runtime.reach import reach
from shared.runtime.settings import Settings
from shared.runtime.statements import ACCOUNT, INSTANCE, PREFIX, REGION, Statement
from shared.state.tables import TABLES
from shared.validation.secret_names import named

LONGEST: Final = (
    6144  #: characters of a custom policy without white space (the vendor's page "Limits" of RAM)
)
_ANY: Final = "*"
_USUAL_INSTANCE: Final = "certdeploy"  #: of a stack, as template.yml has it
_NAME: Final = re.compile(r"\$\{([\w:]+)\}")


@dataclass(frozen=True)
class Place:
    """What a document names. `secrets`: in KMS, by the template's parameter that has the name."""

    region: str
    account: str  #: "*": any
    prefix: str
    instance: str  #: of Tablestore; "": the state is in a file
    stores: tuple[str, ...]
    secrets: Mapping[str, str] = field(default_factory=dict)
    by_cas: bool = False  #: CAS's own deployment jobs write
    roles: tuple[str, ...] = ()  #: in other accounts, to assume
    named_bucket: str = ""  #: "" for the usual one
    tables: str = ""  #: how the names of tables begin, where several states share an instance

    @classmethod
    def of(cls, settings: Settings, given: Mapping[str, str]) -> "Place":
        """`given`: parameters of the template, which count before what the settings say."""
        address = settings.tablestore
        secrets = {
            "WebhookSecretName": settings.webhook_secret.get_secret_value(),
            "SmtpPasswordName": settings.smtp_password.get_secret_value(),
            "AwsKeySecretName": settings.aws_access.key,
        }
        in_kms = {name: found.kms for name, text in secrets.items() if (found := named(text)) and found.kms}
        return cls(
            region=settings.region,
            account=settings.account_id or _ANY,
            prefix=settings.prefix,
            instance=given.get(INSTANCE, "") or (address.instance if address else ""),
            stores=settings.stores,
            named_bucket=given.get(ram_deployer.BUCKET, ""),
            by_cas=settings.engine is Engine.CAS,
            roles=tuple(one.role for one in settings.accounts),
            tables=address.table("") if address else "",
            secrets={**in_kms, **{name: given[name] for name in secrets if name in given}},
        )

    @property
    def bucket(self) -> str:
        """Of the objects of stacks, as `deploy` names it."""
        return self.named_bucket or bucket_of(self.account, self.region)

    def resource(self, pattern: str) -> str | None:
        """With the names in it; None: it is of something that there is not here."""
        names = {REGION: self.region, ACCOUNT: self.account, PREFIX: self.prefix, INSTANCE: self.instance}
        names = {**names, **self.secrets, ram_deployer.BUCKET: self.bucket}
        wanted = _NAME.findall(pattern)
        if not all(map(names.get, wanted)):
            return None
        text = _NAME.sub(lambda found: names[found[1]], pattern)
        return text.replace("/table/", f"/table/{self.tables}")


def _machine(place: Place) -> Iterable[Statement]:
    """All that `certdeploy serve` does on one machine by itself, with one key."""
    everything: set[str] = set()
    always: set[str] = set()
    by_cas = frozenset[str]().union(*for_engine_cas().values())
    for function, names in grants().items():
        if function == CLEANS:
            continue
        everything |= names
        always |= names - for_other_stores().get(function, frozenset()) - by_cas
    yield from declared.of_the_cloud(everything, everything - always - by_cas, by_cas - always)
    yield from _entering(place)
    yield from _state()
    for name in sorted({name for one in reach().values() for name in one.secrets}):
        yield declared.of_secret(name)


def _state() -> Iterable[Statement]:
    yield from declared.of_tables(frozenset(), frozenset(TABLES))
    instance = f"acs:ots:${{{REGION}}}:${{{ACCOUNT}}}:instance/${{{INSTANCE}}}"
    yield Statement(("ots:CreateTable", "ots:ListTable"), (f"{instance}/table/*",))


def _reader(place: Place) -> Iterable[Statement]:
    """`scan`, `discover`, `doctor`, lists and previews on one machine; nothing is written to the cloud."""
    names = ("scan_expiry", "discover_resources", "discover_clusters", "check_installation")
    yield from declared.of_the_cloud({action for name in names for action in grants()[name]})
    yield from _state()
    yield from map(declared.of_secret, sorted(reach()["discover_resources"].secrets))
    yield from _entering(place)


def _uploader(place: Place) -> Iterable[Statement]:
    """`certificate upload`, `carry`, `export` and `clean-up`, beside what lists certificates."""
    actions = (cas.UPLOAD_USER_CERTIFICATE, cas.SHARE_CERTIFICATE, cas.GET_USER_CERTIFICATE_DETAIL)
    yield from declared.of_the_cloud(cas.API.rights(*cas.READING, *actions) | grants()[CLEANS])
    yield declared.of_functions((CLEANS,))
    yield from _entering(place)


def _entered(place: Place) -> Iterable[Statement]:
    """What functions do in another account, all together: they enter it by one role. Nothing of it deletes
    certificates: who wants that there grants it."""
    granted = grants()
    names = {action for function in entering() - {CLEANS} for action in granted[function]}
    always = {
        action
        for function in entering()
        for action in granted[function] - for_other_stores().get(function, frozenset())
    }
    for one in declared.of_the_cloud(names, names - always):
        there = tuple(pattern.replace(f"${{{ACCOUNT}}}", _ANY) for pattern in one.resources)
        yield replace(one, resources=there)


def _deployer(place: Place) -> Iterable[Statement]:
    return ram_deployer.statements()


def _viewer(place: Place) -> Iterable[Statement]:
    yield declared.of_functions(_LOOKING)


def _operator(place: Place) -> Iterable[Statement]:
    yield declared.of_functions(_ASKED)


_LOOKING: Final = ("check_installation", "read_state")
#: Functions that a person invokes; the others are invoked by these, or by timers and events.
_ASKED: Final = (
    *_LOOKING,
    *("scan_expiry", "discover_resources", "create_deployment_job", "run_deployment_jobs"),
    *("manage_deployment_jobs", "manage_contacts", "manage_quota", "notify_contacts"),
)


@dataclass(frozen=True)
class Who:
    """`told`: whom a document is for, in a line. `of_stack`: where the state is in Tablestore."""

    told: str
    statements: Callable[[Place], Iterable[Statement]]
    of_stack: bool = False


PEOPLE: Final[Mapping[str, Who]] = {
    "machine": Who("the key of `certdeploy serve` on one machine: reads, deploys, rolls back", _machine),
    "reader": Who("a key that only reads the account: scan, discover, doctor, previews", _reader),
    "uploader": Who("in addition, certificate upload, carry, export and clean-up", _uploader),
    "entered": Who("the role in another account, by which it is looked after (docs/accounts.md)", _entered),
    "deployer": Who(
        "a person who makes, changes and removes a stack: deploy, stack, logs, destroy",
        _deployer,
        of_stack=True,
    ),
    "viewer": Who("a person who looks at a stack, with --stack", _viewer),
    "operator": Who("a person who works with a stack, with --stack", _operator),
}


def everybody() -> dict[str, Who]:
    """By the word that `ram print` takes: people, then each function."""
    return {**PEOPLE, **{name: _role(name) for name in sorted(reach())}}


def _role(function: str) -> Who:
    def granted(place: Place) -> Iterable[Statement]:
        return (*declared.statements(function), *(_entering(place) if function in entering() else ()))

    return Who(f"the role of the function {function}", granted, of_stack=True)


def _entering(place: Place) -> Iterable[Statement]:
    return [Statement((ASSUME,), place.roles)] if place.roles else []


def document(who: Who, place: Place) -> dict[str, Any]:
    """A RAM policy."""
    if who.of_stack and not place.instance:
        place = replace(place, instance=_instance(place))
    rows = [row for one in who.statements(place) if (row := _row(one, place))]
    return {"Version": "1", "Statement": rows}


def _instance(place: Place) -> str:
    """As `deploy` names it, which takes the account."""
    return (
        _USUAL_INSTANCE if place.account == _ANY else instance_of(place.prefix, place.account, place.region)
    )


def _row(one: Statement, place: Place) -> dict[str, Any] | None:
    """None where it is about something that there is not here, such as a secret without a name."""
    if (one.for_other_stores and place.stores == STORES[:1]) or (one.for_engine_cas and not place.by_cas):
        return None
    named_here = [found for pattern in one.resources if (found := place.resource(pattern))]
    if one.resources and not named_here:
        return None
    return {"Effect": "Allow", "Action": list(one.actions), "Resource": named_here or [_ANY]}


def length(found: Mapping[str, Any]) -> int:
    """As RAM counts."""
    return len(json.dumps(found, separators=(",", ":")))
