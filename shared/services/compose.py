"""Says for people, in their language, what notifications tell: which names, where, until when, what to do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Final

from shared.domain.contacts import Contact, Language
from shared.domain.events import (
    JobDrafted,
    JobFinished,
    JobRolledBack,
    ReplacementMissing,
    SlotsDrifted,
    SlotsExpiring,
    WaveEnded,
)
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.texts import Section, Text
from shared.domain.visible import visible
from shared.domain.wording import TEXTS

Body = Mapping[str, Any]  #: of a notification
_PREFIX: Final = "certdeploy"  #: so that a room's filter by keyword has a word
_LONGEST: Final = 300  #: characters of what others wrote
_NAMES: Final = 5  #: of a certificate that are named
_TITLES: Final = {JobStatus.SUCCESS.value: "job_done", JobStatus.CANCELLED.value: "job_stopped"}
_WORDS: Final = {
    WorkerStatus.SUCCESS.value: "done",
    WorkerStatus.ROLLBACK_SUCCESS.value: "done",
    WorkerStatus.SUPERSEDED.value: "left",
    WorkerStatus.CANCELLED.value: "left",
}


def composed(bodies: Sequence[Body], language: Language) -> Text:
    """One text for one notification, or for several that belong together."""
    texts = TEXTS[language]
    parts = [_part(texts, body) for body in bodies]
    if len(parts) == 1:
        ((title, section),) = parts
        return _text(texts, title, [section])
    sections = [Section((title, *one.head), one.items, one.foot, one.unnamed) for title, one in parts]
    return _text(texts, texts["digest"].format(count=len(parts)), sections)


def _part(texts: Mapping[str, str], body: Body) -> tuple[str, Section]:
    title, section = _BY_TYPE[str(body["Type"])](texts, body)
    gone = [
        texts["contact_gone"].format(by=_short(one["By"]), contact=one["ContactId"])
        for one in body.get("ContactsGone", ())
    ]
    return title, Section((*gone, *section.head), section.items, section.foot, section.unnamed)


def text_of_test(contact: Contact) -> Text:
    texts = TEXTS[contact.language]
    return _text(texts, texts["test"].format(name=_short(contact.name)), [Section((texts["test_done"],))])


def _text(texts: Mapping[str, str], title: str, sections: Sequence[Section]) -> Text:
    return Text(f"[{_PREFIX}] {title}", tuple(sections), texts["more"])


def _job_finished(texts: Mapping[str, str], body: Body) -> tuple[str, Section]:
    job, failed = body["JobId"], int(body["ErrorCount"])
    count = failed + int(body["SuccessCount"])
    ok = body["Status"] != JobStatus.ERROR.value
    title = texts[_TITLES.get(str(body["Status"]), "job_failed")].format(
        name=_short(body["Name"]), count=count, failed=failed, done=body["SuccessCount"]
    )
    again = body.get("TriedAgainAt")
    foot = [texts["again"].format(at=_moment(again))] if again else []
    foot += [] if ok else [texts["see_failed"], f"certdeploy job rollback {job}"]
    halted = body.get("Halted")
    head = [texts["halted"].format(reason=_short(halted))] if halted else []
    return title, _about_workers(texts, body, foot, head)


def _rolled_back(texts: Mapping[str, str], body: Body) -> tuple[str, Section]:
    failed = int(body["RollbackErrorCount"])
    count = failed + int(body["RollbackSuccessCount"])
    which = "rollback_failed" if failed else "rolled_back"
    title = texts[which].format(name=_short(body["Name"]), count=count, failed=failed)
    return title, _about_workers(texts, body, [])


def _wave_ended(texts: Mapping[str, str], body: Body) -> tuple[str, Section]:
    title = texts["wave_ended"].format(
        name=_short(body["Name"]), wave=body["Wave"], count=len(body["Workers"]) + int(body.get("AndMore", 0))
    )
    job, following = body["JobId"], int(body["Wave"]) + 1
    go_on = texts["do_continue"].format(count=body["HeldCount"])
    return title, _about_workers(texts, body, [go_on, f"certdeploy job continue {job} --wave {following}"])


def _job_drafted(texts: Mapping[str, str], body: Body) -> tuple[str, Section]:
    more = int(body.get("AndMore", 0))
    by = ", ".join(_short(one) for one in body["DraftedBy"])
    title = texts["drafted"].format(name=_short(body["Name"]), count=len(body["Slots"]) + more, by=by)
    head = [texts["reason"].format(reason=_short(body["Reason"]))] if body["Reason"] else []
    head += [_certificate(texts, one) for one in body.get("Certificates", ())]
    job = body["JobId"]
    foot = (texts["see_job"].format(job=job), texts["do_approve"], f"certdeploy job submit {job}")
    return title, Section((*head, texts["slots"]), tuple(map(_short, body["Slots"])), foot, more)


def _about_workers(
    texts: Mapping[str, str], body: Body, foot: Sequence[str], told: Sequence[str] = ()
) -> Section:
    head = [*told]
    head += [_certificate(texts, one) for one in body.get("Certificates", ())]
    return Section(
        (*head, texts["slots"]),
        tuple(_worker(texts, one) for one in body["Workers"]),
        (*foot, texts["see_job"].format(job=body["JobId"])),
        int(body.get("AndMore", 0)),
    )


def _worker(texts: Mapping[str, str], line: Body) -> str:
    which = _WORDS.get(str(line["Status"]), "failed")
    return texts[which].format(slot=_short(line["Slot"]), reason=_short(line["Reason"] or line["Status"]))


def _missing(texts: Mapping[str, str], body: Body) -> tuple[str, Section]:
    title = _ending(texts, "missing", body).format(name=_short(body["Name"]), days=int(body["DaysLeft"]))
    known = body.get("Certificates") or [body]
    return title, _about_slots(texts, body, _certificate(texts, known[0]), texts["do_missing"])


def _stranger(texts: Mapping[str, str], body: Body) -> tuple[str, Section]:
    title = _ending(texts, "stranger", body).format(days=int(body["DaysLeft"]))
    told = texts["unknown_certificate"].format(
        identifier=_short(body["CertIdentifier"]), until=_moment(body["NotAfter"])
    )
    return title, _about_slots(texts, body, told, texts["do_stranger"])


def _ending(texts: Mapping[str, str], what: str, body: Body) -> str:
    """The title that tells when it ends, or that it has."""
    days = int(body["DaysLeft"])
    if body.get("Ended") or days < 0:
        return texts[f"{what}_ended"]
    return texts[{0: f"{what}_today", 1: f"{what}_in_a_day"}.get(days, what)]


def _drifted(texts: Mapping[str, str], body: Body) -> tuple[str, Section]:
    """`AndMore` is not counted in its lines."""
    lines, more = body["Drifted"], int(body.get("AndMore", 0))
    items = tuple(
        texts["drifted_slot"].format(
            slot=_short(one["Slot"]),
            there=_short(one["CertIdentifier"] or texts["no_certificate"]),
            put=_short(one["PlacedCertIdentifier"] or texts["no_certificate"]),
            job=one["JobId"],
        )
        for one in lines
    )
    title = texts["drifted"].format(count=len(lines) + more)
    foot = (texts["do_drifted"], "certdeploy resource list --drifted")
    return title, Section((texts["slots"],), items, foot, more)


def _about_slots(texts: Mapping[str, str], body: Body, certificate: str, todo: str) -> Section:
    reason = body.get("Reason") if body["Type"] == ReplacementMissing.type else ""
    head = [certificate, *([texts["reason"].format(reason=_short(reason))] if reason else []), texts["slots"]]
    items = tuple(_short(slot) for slot in body["Slots"])
    return Section(tuple(head), items, (todo, "certdeploy scan"), int(body.get("AndMore", 0)))


def _certificate(texts: Mapping[str, str], known: Body) -> str:
    names = [_short(name) for name in known.get("Names", ())]
    more = [texts["more"].format(count=len(names) - _NAMES)] if len(names) > _NAMES else []
    return texts["certificate"].format(
        identifier=_short(known["CertIdentifier"]),
        names=", ".join([*names[:_NAMES], *more]) or texts["no_names"],
        until=_moment(known["NotAfter"]),
    )


def _moment(text: object) -> str:
    at = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M}"


def _short(text: object) -> str:
    """On one line, and no longer than a person reads."""
    shown = visible(" ".join(str(text).split()))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


_BY_TYPE: Final[Mapping[str, Callable[[Mapping[str, str], Body], tuple[str, Section]]]] = {
    JobFinished.type: _job_finished,
    JobRolledBack.type: _rolled_back,
    ReplacementMissing.type: _missing,
    SlotsExpiring.type: _stranger,
    WaveEnded.type: _wave_ended,
    JobDrafted.type: _job_drafted,
    SlotsDrifted.type: _drifted,
}
