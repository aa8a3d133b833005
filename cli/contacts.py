"""`certdeploy contact`: who is told, and over which channels."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from cli import exits, output
from cli.asked import managed_contacts
from cli.columns import AsJson
from cli.session import session
from shared.domain.contacts import ChannelKind, Language
from shared.errors import InvalidRequestError
from shared.services.contacts import ShownContacts, Tested
from shared.services.policies import policies_of
from shared.validation.contacts import channel_of
from shared.validation.requests import parse

app = typer.Typer(no_args_is_help=True)

Id = Annotated[int, typer.Argument(help="Id of the contact, as `contact list` shows it.")]
_HELP = (
    "Channel as KIND=VALUE, such as email=ops@example.com or slack=kms:NAME; kinds: "
    f"{', '.join(kind.value for kind in ChannelKind)}; may be repeated. The URL of a robot is a secret:"
    " give its name in KMS (kms:NAME) or a file (file:/PATH), and after `,secret=` that of the secret"
    " that signs."
)


@app.callback()
def contact() -> None:
    """Add, list, show, edit, remove and test contacts."""


@app.command(
    "add",
    epilog="Example: certdeploy contact add --name oncall --channel dingtalk=kms:robot,secret=kms:sign",
)
def add(
    name: Annotated[str, typer.Option(help="Display name of the contact.")],
    channel: Annotated[list[str], typer.Option("--channel", help=_HELP)],
    language: Annotated[Language, typer.Option(help="Language of the messages.")] = Language.EN,
    default: Annotated[
        bool, typer.Option("--default", help="Tell it of automatic jobs and of ends without replacement.")
    ] = False,
    contact_id: Annotated[
        int | None, typer.Option("--id", help="Id of the contact. Default: the next one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a contact. `contact test` then sends it a message."""
    asked = {
        "Name": name,
        "Language": language.value,
        "Default": default,
        "Channels": _channels(channel),
        **({"ContactId": contact_id} if contact_id is not None else {}),
    }
    result = _managed({"Add": asked})
    for label in _named_by(result.contacts[0].contact_id):
        output.tell(f"note: {label} names this id, so this contact is told what it says")
    _show(result, as_json)


@app.command("list", epilog="Example: certdeploy contact list")
def list_contacts(as_json: AsJson = False) -> None:
    """List all contacts; secrets by their names only."""
    _show(_managed({"List": {}}), as_json)


@app.command("show", epilog="Example: certdeploy contact show 1")
def show(contact_id: Id, as_json: AsJson = False) -> None:
    """Show one contact with the keys of its channels, which `contact edit` takes."""
    _show(_managed({"Show": {"ContactId": contact_id}}), as_json, keys=True)


@app.command("edit", epilog="Example: certdeploy contact edit 1 --language zh --add-channel slack=kms:robot")
def edit(
    contact_id: Id,
    name: Annotated[str | None, typer.Option(help="New display name.", show_default=False)] = None,
    language: Annotated[Language | None, typer.Option(help="Language of the messages.")] = None,
    default: Annotated[
        bool | None,
        typer.Option("--default/--no-default", help="Whether it is told of automatic jobs, or not."),
    ] = None,
    add_channel: Annotated[
        list[str] | None, typer.Option(help="Add a channel, as `contact add` has it.")
    ] = None,
    remove_channel: Annotated[
        list[str] | None, typer.Option(help="Key of a channel to remove, as `contact show` shows it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given, and leave the rest."""
    asked = {
        "Name": name,
        "Language": language.value if language else None,
        "Default": default,
        "AddChannels": _channels(add_channel or ()) or None,
        "RemoveChannels": remove_channel or None,
    }
    given = {key: value for key, value in asked.items() if value is not None}
    if not given:
        raise InvalidRequestError("nothing to change; name what is to be another")
    _show(_managed({"Edit": {"ContactId": contact_id, **given}}), as_json, keys=True)


@app.command("remove", epilog="Example: certdeploy contact remove 1")
def remove(contact_id: Id, as_json: AsJson = False) -> None:
    """Remove a contact. Jobs and policies that name it alone tell the contacts by default instead, and so."""
    result = _managed({"Remove": {"ContactId": contact_id}})
    for label in _named_by(contact_id):
        output.tell(f"note: {label} names it still; `certdeploy policy set FILE` stores another document")
    if as_json:
        output.show_json(result)
    else:
        output.tell(f"removed {result.contacts[0].name}")


@app.command("test", epilog="Example: certdeploy contact test 1")
def try_channels(contact_id: Id, as_json: AsJson = False) -> None:
    """Send a message over each channel now, and say what came of each; exit 1 if one failed."""
    with output.progress("sending …"):
        answer = session().call("notify_contacts", f'{{"Test": {{"ContactId": {contact_id}}}}}'.encode())
    tested = parse(Tested, answer)
    if as_json:
        output.show_json(tested)
    else:
        table = output.table("Channel", "Delivered", "Why not", wrap=("Why not",))
        for one in tested.channels:
            output.row(table, one.over, output.status("success" if one.delivered else "error"), one.reason)
        output.show(table)
    if not all(one.delivered for one in tested.channels):
        raise typer.Exit(exits.FAILED)


def _managed(request: dict[str, Any]) -> ShownContacts:
    return managed_contacts(session().world(), request)


def _channels(texts: Iterable[str]) -> list[dict[str, Any]]:
    return [channel_of(text).model_dump(mode="json", by_alias=True) for text in texts]


def _show(shown: ShownContacts, as_json: bool, keys: bool = False) -> None:
    if as_json:
        output.show_json(shown)
        return
    if not shown.contacts:
        output.tell("there are no contacts; `certdeploy contact add` adds one")
        return
    table = output.table("Contact", "Name", "Language", "Default", "Channels", wrap=("Name", "Channels"))
    for one in shown.contacts:
        told = ", ".join(f"{each} ({each.key})" if keys else str(each) for each in one.channels)
        row = (str(one.contact_id), one.name, one.language.value, "yes" if one.default else "", told)
        output.row(table, *row)
    output.show(table)


def _named_by(contact_id: int) -> list[str]:
    """The parts of the policies that name it. The id of one that was removed may be given once more."""
    parts = policies_of(session().world()).book.parts()
    return [label for label, part in parts if contact_id in (part.contacts or ())]
