"""What a person can do about the codes that the cloud answers with: one table for job show and messages.

Source of the codes: the vendor's error tables of each product, and what certificates' other deployers met.
"""

import re
from typing import Final

#: As CloudError writes it: the action, and the code.
_TOLD: Final = re.compile(r"\b(?:[A-Z][A-Za-z0-9]*|handshake|discover): ([\w.\-]{2,80}): ")

_PERMISSION: Final = (
    "the AccessKey or role lacks the RAM action, or a resource group or control policy denies it; README.md"
    " lists what is needed"
)
_STORE: Final = (
    "the product does not find the certificate: it is in another CAS store than its region reads, or was"
    " deleted; `certdeploy scan`, and upload it to the other store if the region is outside China"
)
_QUOTA: Final = "a limit of the product is reached; remove what is unused there, or ask the vendor for more"
_KEY: Final = (
    "the product does not take the key in this form, or it is not the certificate's; check it with"
    " `certdeploy certificate upload`, and use RSA 2048 or ECC P-256"
)
_CLOCK: Final = "the clock of this machine is off by more than minutes; set it by NTP"
_LOGIN: Final = "the AccessKey is wrong or was disabled; check ALIBABA_CLOUD_ACCESS_KEY_ID and its secret"
_BUSY: Final = "the product was busy or paced the calls; it was tried for as long as allowed: try again later"

#: By how codes begin, or what a dotted part of them is, in small letters; the first that fits counts.
_HINTS: Final = (
    (
        ("needverifydomainownership", "domainownerverifyfail", "domainnotverified"),
        "the domain is not verified: add the TXT record that the product's console shows, then try again",
    ),
    (("invalidtimestamp", "requesttimetooskewed", "signaturenonceused"), _CLOCK),
    (("signaturedoesnotmatch", "signaturenotmatch", "incompletesignature", "invalidaccesskeyid"), _LOGIN),
    (("inactiveaccesskeyid", "invalidsecuritytoken", "securitytokenexpired"), _LOGIN),
    (
        (
            *("certificate.notfound", "certificate.notexist", "certificatenotfound", "certnotexist"),
            *("resourcenotfound.certificate", "notfound.certificate", "certificateid.notfound"),
            "certid.notfound",
        ),
        _STORE,
    ),
    (
        ("notsynchronised", "ambiguous"),
        "CAS's cloud resources tell nothing of the slot, or too much: synchronise them in CAS's console and"
        " try again, or deploy it with `--engine direct`",
    ),
    (
        ("insufficientquota", "deductquotafailed"),
        "CAS's quota of deployments is used up: buy some and try again, or deploy with `--engine direct`",
    ),
    (("nocontact",), "CAS takes no job without a contact of its own: add one in its console and try again"),
    (
        ("workererror", "noworker"),
        "CAS's own deployment job did not do it and tells no reason; its console shows one. Try again, or"
        " deploy it with `--engine direct`",
    ),
    (
        ("jobgone", "takenback", "rolledback"),
        "somebody was at the job in CAS's console; if that was not meant, try again",
    ),
    (("quotaexceeded", "overquota", "certificate.overquota", "quota"), _QUOTA),
    (
        (
            *("privatekeyformatexception", "httpsprivatekeyformaterror", "privatekeyerror"),
            *("certificatenotmatchprivatekey", "notmatch.certificateandprivatekey"),
            *("certificate.missmatch", "certificate.privatekeynotfound", "certificate.formaterror"),
        ),
        _KEY,
    ),
    (("forbidden", "nopermission", "accessdenied", "unauthorized"), _PERMISSION),
    (("throttling", "systembusy", "servicebusy", "operationbusy", "resourceinconfiguring"), _BUSY),
    (
        ("connectionfailed", "connectionlost", "timeout"),
        "no answer of the cloud: check the network, proxies and CERTDEPLOY_HOSTS, then try again",
    ),
    (
        ("noteffective", "notyeteffective"),
        "the product took the change and does not serve it yet; `certdeploy discover` looks again",
    ),
    (
        ("nottrusted",),
        "clients do not accept what is served: the chain is not complete, or its root not known; upload the"
        " full chain, or name the root in CERTDEPLOY_ROOTS",
    ),
)


def codes_in(text: str) -> tuple[str, ...]:
    """The vendor's codes in a reason or message, each once."""
    return tuple(dict.fromkeys(found[1] for found in _TOLD.finditer(text)))


def hint_for(code: str) -> str:
    """What to do about it; "" if nothing is known."""
    name = code.lower()
    return next((hint for words, hint in _HINTS if any(_fits(name, word) for word in words)), "")


def hint_in(text: str) -> str:
    """For the first code in a text for which there is one."""
    return next((hint for code in codes_in(text) if (hint := hint_for(code))), "")


def _fits(code: str, word: str) -> bool:
    return code.startswith(word) or f".{word}." in f".{code}."
