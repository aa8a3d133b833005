"""A slot of each kind that there is: the fields that are not empty."""

from __future__ import annotations

from typing import Any

from shared.domain.resources import CloudProduct

P = CloudProduct
C = "c0123456789abcdef0123456789abcdef"
ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
ACM = "arn:aws:acm:eu-west-1:123456789012:certificate/0a-1b"
HERE = {"region": "cn-hangzhou"}
SHARED = {"domains": ("example.com",), "domains_of_certificate": True}  #: of the certificate in place
OWN = {"domains": ("www.example.com",)}
SLOTS: tuple[tuple[CloudProduct, dict[str, Any]], ...] = (
    (P.ACK, {**HERE, "kind": "secret", "resource_id": f"{C}/secret/web/tls", "instance_id": C, **SHARED}),
    (
        P.ACK,
        {
            **HERE,
            "kind": "albconfig",
            "resource_id": f"{C}/albconfig/front/443:HTTPS/default",
            "instance_id": C,
            "listener_id": f"{C}/albconfig/front/443:HTTPS",
            **SHARED,
        },
    ),
    (
        P.ALB,
        {**HERE, "resource_id": "lsn-1/default", "instance_id": "alb-1", "listener_id": "lsn-1", **SHARED},
    ),
    (
        P.NLB,
        {
            **HERE,
            "resource_id": "lsn-1@443/default",
            "instance_id": "nlb-1",
            "listener_id": "lsn-1@443",
            **SHARED,
        },
    ),
    (
        P.SLB,
        {
            **HERE,
            "resource_id": "lb-1/443/default",
            "instance_id": "lb-1",
            "listener_id": "lb-1/443",
            **SHARED,
        },
    ),
    (P.GA, {"resource_id": "lsr-1/default", "instance_id": "ga-1", "listener_id": "lsr-1", **SHARED}),
    (P.CDN, {"resource_id": ".example.com", "instance_id": ".example.com", "domains": ("*.example.com",)}),
    (P.DCDN, {"resource_id": "www.example.com", "instance_id": "www.example.com", **OWN}),
    (P.LIVE, {"resource_id": "www.example.com", "instance_id": "www.example.com", **OWN}),
    (P.VOD, {"resource_id": "www.example.com", "instance_id": "www.example.com", **OWN}),
    (
        P.DDOS,
        {
            **HERE,
            "resource_id": "*.example.com",
            "instance_id": "*.example.com",
            "domains": ("*.example.com",),
        },
    ),
    (P.ESA, {"kind": "site", "resource_id": "12/6d1b", "instance_id": "12", "listener_id": "6d1b", **SHARED}),
    (P.ESA, {"kind": "hostname", "resource_id": "34", "instance_id": "12", **OWN}),
    (P.FC, {**HERE, "kind": "3.0", "resource_id": "www.example.com", **OWN}),
    (P.FC, {**HERE, "kind": "2.0", "resource_id": "www.example.com", **OWN}),
    (P.MSE, {**HERE, "resource_id": "gw-1/*", "instance_id": "gw-1", **SHARED}),
    (
        P.OSS,
        {
            "location": "cn-hangzhou",
            "resource_id": "one/img.example.com",
            "instance_id": "one",
            "domains": ("img.example.com",),
        },
    ),
    (
        P.PAI,
        {
            **HERE,
            "resource_id": "gw-1/a.example.com/internet",
            "instance_id": "gw-1",
            "domains": ("a.example.com",),
        },
    ),
    (
        P.API_GATEWAY,
        {
            **HERE,
            "kind": "classic",
            "resource_id": "0a1b2c3d/a.com",
            "instance_id": "0a1b2c3d",
            "domains": ("a.com",),
        },
    ),
    (P.API_GATEWAY, {**HERE, "kind": "cloud-native", "resource_id": "d-1", "instance_id": "d-1", **OWN}),
    (
        P.SAE,
        {
            **HERE,
            "kind": "alb",
            "resource_id": "7/1-cn-hangzhou",
            "instance_id": "",
            "listener_id": "7",
            **SHARED,
        },
    ),
    (P.SAE, {**HERE, "kind": "clb", "resource_id": "7", "instance_id": "lb-1", "listener_id": "7", **SHARED}),
    (P.WAF, {**HERE, "kind": "domain", "resource_id": "www.example.com", "instance_id": "waf_v2-1", **OWN}),
    (P.WAF, {**HERE, "kind": "default", "resource_id": "default-https", "instance_id": "waf_v2-1", **SHARED}),
    (
        P.WAF,
        {
            **HERE,
            "kind": "port",
            "resource_id": "lb-1-443-clb4/default",
            "instance_id": "w",
            "listener_id": "lb",
            **SHARED,
        },
    ),
    (P.AWS, {"region": "eu-west-1", "kind": "acm", "resource_id": ACM, "instance_id": ACM, **SHARED}),
    (
        P.AWS,
        {
            "region": "eu-west-1",
            "kind": "listener",
            "resource_id": f"{ELB}:listener/app/a/1/2/{ACM}",
            "instance_id": f"{ELB}:loadbalancer/app/a/1",
            "listener_id": f"{ELB}:listener/app/a/1/2",
            **SHARED,
        },
    ),
    (P.AWS, {"region": "us-east-1", "kind": "distribution", "resource_id": "E1ABC", **OWN}),
)
