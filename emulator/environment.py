"""The environment in which a program meets the emulated cloud and no other."""

from __future__ import annotations

from collections.abc import Mapping

#: Of these nothing stays: credentials, profiles and endpoints of real accounts.
_OTHERS = ("ALIBABA_CLOUD_", "ALIBABACLOUD_", "ALICLOUD_", "ALIYUN_", "AWS_", "OSS_", "OTS_", "CERTDEPLOY_")
#: The access key of the emulated AWS, the same everywhere.
AMAZON = {"AWS_ACCESS_KEY_ID": "AKIAEMULATEDEMULATED", "AWS_SECRET_ACCESS_KEY": "emulated"}
_CA_FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "AWS_CA_BUNDLE")


def without_accounts(environ: Mapping[str, str]) -> dict[str, str]:
    """What does not lead to an account, whether by a key or by a role of the machine."""
    kept = {name: text for name, text in environ.items() if not name.upper().startswith(_OTHERS)}
    nowhere = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", "AWS_EC2_METADATA_DISABLED": "true"}
    # Files in the home directory would be read else.
    profiles = ("ALIBABA_CLOUD_CREDENTIALS_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE")
    return kept | nowhere | dict.fromkeys(profiles, "/dev/null")


def settings(ready: Mapping[str, str], ca_file: str) -> dict[str, str]:
    """What leads clients to an emulator that has told that it is `ready`.

    Its port is the proxy, so that they call the cloud's own hosts; `ca_file` holds the CA of these.
    """
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), ready["endpoint"])
    return {
        "EMULATOR_ENDPOINT": ready["endpoint"],
        "CERTDEPLOY_ENDPOINT": ready["endpoint"],
        "CERTDEPLOY_TLS": ready["tls"],
        "CERTDEPLOY_ROOTS": ready["root"],
        **dict.fromkeys(("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY"), ready["access_key_id"]),
        **dict.fromkeys(
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECRET_KEY"), ready["access_key_secret"]
        ),
        **AMAZON,
        **proxies,
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost,::1"),
        **dict.fromkeys(_CA_FILES, ca_file),
        "NODE_USE_ENV_PROXY": "1",
    }
