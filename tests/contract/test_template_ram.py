"""What `certdeploy ram print` prints of a function is what its role in template.yml grants."""

from typing import Any

from cli.ram_documents import Place, document, everybody
from host.intrinsics import PSEUDO
from shared.runtime.reach import reach
from tests.contract.rosfile import DOCUMENT, RosFile, folder

SECRETS = {"WebhookSecretName": "hook", "SmtpPasswordName": "post", "AwsKeySecretName": "aws"}


HERE: dict[str, Any] = {
    "region": PSEUDO["ALIYUN::Region"],
    "account": PSEUDO["ALIYUN::TenantId"],
    "prefix": "certdeploy",
    "instance": "certdeploy",
}
ROLES = ("acs:ram::2000000000000002:role/certdeploy", "acs:ram::3000000000000003:role/certdeploy")


def granted(function: str, **parameters: str) -> list[dict[str, Any]]:
    """As the template has it; a statement that is turned off denies."""
    template = RosFile(DOCUMENT, {**SECRETS, **parameters})
    (role,) = (
        properties["Role"]["Fn::GetAtt"][0]
        for properties in template.of_type("ALIYUN::FC3::Function").values()
        if folder(properties) == function
    )
    (policy,) = template.of_type("ALIYUN::RAM::Role")[role]["Policies"]
    return [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]


def test_of_a_function_it_is_what_the_template_grants() -> None:
    place = Place(**HERE, stores=("cn-hangzhou",), secrets=SECRETS)

    assert printed(place) == {name: granted(name) for name in reach()}


def test_what_depends_on_the_settings_depends_on_the_same_parameters() -> None:
    stores = ("cn-hangzhou", "ap-southeast-1")
    place = Place(**HERE, stores=stores, secrets=SECRETS, by_cas=True, roles=ROLES)
    parameters = {"Stores": ",".join(stores), "Engine": "cas", "Accounts": ",".join(ROLES)}

    assert printed(place) == {name: granted(name, **parameters) for name in reach()}


def printed(place: Place) -> dict[str, Any]:
    known = everybody()
    return {name: document(known[name], place)["Statement"] for name in reach()}
