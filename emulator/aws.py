"""AWS beside the emulated cloud: moto's server on a port of its own, filled from the estate.

Started when first asked for, since moto takes seconds to load: `GET /_emulator/aws` starts it and tells
the endpoint. moto keeps its state for the whole process: of several clouds in one, the last that was
asked for has it, and its faults, denials and log are those of AWS. It checks no signature, and none of
ACM's rules for importing a certificate anew.
"""

from __future__ import annotations

import logging
import os
import warnings
from functools import cache, lru_cache
from importlib.util import find_spec
from threading import Lock, Thread
from typing import Any
from uuid import uuid4

from emulator.bundles import Bundle, read
from emulator.environment import AMAZON
from emulator.service import Account

ACCESS_KEY = dict(zip(("access_key_id", "access_key_secret"), AMAZON.values(), strict=True))
ACCOUNT = "123456789012"
HOME = "us-east-1"  #: the region of CloudFront's certificates
_SERVICES = ("acm", "cloudfront", "elbv2", "iam")  #: of the network, the default one is enough
_END = "-----END CERTIFICATE-----\n"
_lock = Lock()
_gate: Any = None
_server: Any = None


def installed() -> bool:
    return all(find_spec(name) for name in ("moto", "flask", "flask_cors", "boto3"))


def endpoint() -> str:
    """`http://127.0.0.1:PORT` of moto's server, started if it was not."""
    global _gate, _server
    with _lock:
        if _server is None:
            moto = _moto()
            from werkzeug.serving import make_server

            from emulator.aws_gate import Gate

            _gate = Gate(moto.DomainDispatcherApplication(moto.create_backend_app))
            _server = make_server("127.0.0.1", 0, _gate, True, request_handler=moto.MotoRequestHandler)
            logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request otherwise
            Thread(target=_server.serve_forever, daemon=True).start()
        host, port = _server.server_address[:2]
    return f"http://{host}:{port}"


def _moto() -> Any:
    # Of EC2 only the default network is needed; loading its images takes seconds.
    os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.moto_server import werkzeug_app

    return werkzeug_app


def load() -> None:
    """Import and read what AWS takes, and start nothing: for processes that are forked from here."""
    _moto()
    clear()
    for service in _SERVICES:
        _made(service, HOME, "http://127.0.0.1:1")


def belong_to(cloud: Account) -> None:
    """Empty, with the faults, denials and log of this cloud from now on."""
    endpoint()
    clear()
    _gate.cloud = cloud


def clear() -> None:
    """Forget everything that AWS holds."""
    from moto import backends

    get_backend: Any = backends.get_backend
    for name in _SERVICES:
        get_backend(name).reset()


@cache
def loader() -> Any:
    """Loads the descriptions of AWS's services, each once: that takes longer than a hundred calls."""
    from botocore.loaders import create_loader

    return create_loader()


@cache
def _session() -> Any:
    import boto3
    from botocore.session import get_session

    bare = get_session()
    bare.register_component("data_loader", loader())
    return boto3.session.Session(botocore_session=bare)


@cache
def client(service: str, region: str) -> Any:
    """boto3's client of this AWS, whose calls meet no fault. To be made by one thread at a time."""
    return _made(service, region, endpoint())


def _made(service: str, region: str, where: str) -> Any:
    from botocore.config import Config

    from emulator.aws_gate import OWN_KEY

    return _session().client(
        service,
        region_name=region,
        endpoint_url=where,
        aws_access_key_id=OWN_KEY,
        aws_secret_access_key=ACCESS_KEY["access_key_secret"],
        config=Config(proxies={}, connect_timeout=5, read_timeout=30),
    )


def import_certificate(region: str, bundle: Bundle) -> str:
    """Its ARN."""
    head, end, chain = bundle.certificate_pem.partition(_END)
    more = {"CertificateChain": chain.strip()} if chain.strip() else {}
    answer = client("acm", region).import_certificate(
        Certificate=head + end, PrivateKey=bundle.key_pem or "", **more
    )
    return str(answer["CertificateArn"])


def request_certificate(region: str, bundle: Bundle) -> str:
    """The ARN of one that Amazon issues for the names of `bundle`."""
    domain, *others = bundle.names
    more = {"SubjectAlternativeNames": others} if others else {}
    return str(client("acm", region).request_certificate(DomainName=domain, **more)["CertificateArn"])


def add_balancer(name: str, region: str, internal: bool, listeners: list[tuple[int, list[str]]]) -> str:
    """An application load balancer in the default network; `listeners`: port, ARNs. Its DNS name."""
    from moto.ec2.models import ec2_backends

    elb = client("elbv2", region)
    made = elb.create_load_balancer(
        Name=name,
        Subnets=[subnet.id for subnet in ec2_backends[ACCOUNT][region].describe_subnets()[:2]],
        Scheme="internal" if internal else "internet-facing",
    )["LoadBalancers"][0]
    refuse = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    for port, (default, *additional) in listeners:
        listener = elb.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"],
            Protocol="HTTPS",
            Port=port,
            Certificates=[{"CertificateArn": default}],
            DefaultActions=[refuse],
        )["Listeners"][0]
        for arn in additional:
            elb.add_listener_certificates(
                ListenerArn=listener["ListenerArn"], Certificates=[{"CertificateArn": arn}]
            )
    return str(made["DNSName"])


def add_distribution(aliases: list[str], arn: str, enabled: bool = True, comment: str = "") -> str:
    """A CloudFront distribution; without `arn` it has no certificate of its own. Its id."""
    origin = {
        "Id": "origin",
        "DomainName": "origin.example.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }
    own = {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}
    config = {
        "CallerReference": str(uuid4()),
        "Comment": comment,
        "Enabled": enabled,
        "Aliases": {"Quantity": len(aliases), "Items": aliases},
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "origin",
            "ViewerProtocolPolicy": "redirect-to-https",
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            "MinTTL": 0,
        },
        "ViewerCertificate": own if arn else {"CloudFrontDefaultCertificate": True},
    }
    made = client("cloudfront", HOME).create_distribution(DistributionConfig=config)
    return str(made["Distribution"]["Id"])


def listeners() -> dict[str, list[Bundle]]:
    """What TLS clients meet at public load balancers, by "name:port": the default key pair first."""
    from moto.elbv2.models import elbv2_backends

    found: dict[str, list[Bundle]] = {}
    for region, backend in elbv2_backends[ACCOUNT].items():
        for balancer in backend.load_balancers.values():
            if balancer.scheme == "internal":
                continue
            for listener in balancer.listeners.values():
                arns = dict.fromkeys([listener.certificate, *listener.certificates])
                if held := [_pair(arn, region) for arn in arns if arn]:
                    found[f"{balancer.dns_name}:{listener.port}".lower()] = held
    return found


def distributions() -> dict[str, tuple[tuple[str, ...], Bundle]]:
    """What TLS clients meet at CloudFront now, by "name:443": aliases, and the certificate for them.

    Not the certificate of *.cloudfront.net itself, and none of IAM.
    """
    from moto.cloudfront.models import cloudfront_backends

    found: dict[str, tuple[tuple[str, ...], Bundle]] = {}
    for backend in cloudfront_backends[ACCOUNT].values():
        for row in backend.distributions.values():
            config: Any = row.distribution_config
            arn = config.ViewerCertificate.acm_certificate_arn
            if arn and _is_true(config.Enabled):
                aliases = tuple(config.Aliases.get("Items") or ())
                found[f"{row.domain_name}:443"] = (aliases, _pair(arn, HOME))
    return found


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"


def _pair(arn: str, region: str) -> Bundle:
    from moto.acm.models import AWS_ROOT_CA, acm_backends
    from moto.iam.models import iam_backends

    if ":server-certificate/" in arn:
        of_iam = next(iter(iam_backends[ACCOUNT].values())).get_server_certificate(arn.rpartition("/")[2])
        return _read(f"{of_iam.cert_body}\n{of_iam.cert_chain or ''}", of_iam.private_key)
    held = acm_backends[ACCOUNT][region].get_certificate(arn)
    chain = held.chain.replace(AWS_ROOT_CA, b"")
    return _read((held.cert + b"\n" + chain).decode(), held.key.decode())


_read = lru_cache(256)(read)  #: each handshake asks for all of them
