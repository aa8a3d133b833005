"""AWS beside the emulated cloud: moto's server on a port of its own, filled from the estate.

Started when first asked for, since moto takes seconds to load: `GET /_emulator/aws` starts it and tells
the endpoint. moto keeps its state for the whole process: of several clouds in one, the last that was
asked for has it. It checks no signature, and none of ACM's rules for importing a certificate anew.
"""

from __future__ import annotations

import warnings
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import Any

from emulator.bundles import Bundle, read

ACCESS_KEY = {"access_key_id": "AKIAEMULATEDEMULATED", "access_key_secret": "emulated"}
ACCOUNT = "123456789012"
_SERVICES = ("acm", "cloudfront", "elbv2", "iam")  #: of the network, the default one is enough
_END = "-----END CERTIFICATE-----\n"
_lock = Lock()
_server: Any = None


def installed() -> bool:
    return all(find_spec(name) for name in ("moto", "flask", "flask_cors", "boto3"))


def endpoint() -> str:
    """`http://127.0.0.1:PORT` of moto's server, started if it was not."""
    global _server
    with _lock:
        if _server is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from moto.server import ThreadedMotoServer

                server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
                server.start()
            _quiet()
            _server = server
        host, port = _server.get_host_and_port()
    return f"http://{host}:{port}"


def _quiet() -> None:
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request otherwise


def clear() -> None:
    """Forget everything that AWS holds."""
    from moto import backends

    get_backend: Any = backends.get_backend
    for name in _SERVICES:
        get_backend(name).reset()


@cache
def client(service: str, region: str) -> Any:
    """boto3's client of this AWS. The first ones are to be made by one thread at a time."""
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        service,
        region_name=region,
        endpoint_url=endpoint(),
        aws_access_key_id=ACCESS_KEY["access_key_id"],
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


def add_balancer(name: str, region: str, internal: bool, listeners: list[tuple[int, list[str]]]) -> str:
    """An application load balancer in the default network; `listeners`: port, ARNs. Its DNS name."""
    elb = client("elbv2", region)
    subnets = client("ec2", region).describe_subnets()["Subnets"][:2]
    made = elb.create_load_balancer(
        Name=name,
        Subnets=[subnet["SubnetId"] for subnet in subnets],
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


def addresses() -> dict[str, list[Bundle]]:
    """What TLS clients meet now, by "name:port": the listener's key pairs, the default one first."""
    from moto.acm.models import AWS_ROOT_CA, acm_backends
    from moto.elbv2.models import elbv2_backends

    found: dict[str, list[Bundle]] = {}
    for region, backend in elbv2_backends[ACCOUNT].items():
        for balancer in backend.load_balancers.values():
            for listener in balancer.listeners.values():
                arns = list(dict.fromkeys([listener.certificate, *listener.certificates]))
                held = [acm_backends[ACCOUNT][region].get_certificate(arn) for arn in arns if arn]
                found[f"{balancer.dns_name}:{listener.port}".lower()] = [
                    read((one.cert + b"\n" + one.chain.replace(AWS_ROOT_CA, b"")).decode(), one.key.decode())
                    for one in held
                ]
    return found
