"""The account of a run: a slot or two of every product that carry one certificate, and others beside them."""

from __future__ import annotations

from typing import Any, Final

NAMES: Final = ("example.com", "*.example.com")
REGION: Final = "cn-hangzhou"
_LISTENER: Final = {"port": 443, "default": "old", "additional": ["other"]}


def an_estate() -> dict[str, Any]:
    """`old` is to be replaced wherever it is; `other` is nobody's business. Each slot is met by clients."""
    return {
        "regions": [REGION],
        "certificates": {
            "old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40},
            "spare": {"names": list(NAMES), "key": "ecdsa-p256", "days": 41},
            "other": {"names": ["example.org", "*.example.org"], "key": "ecdsa-p256", "days": 190},
        },
        "cdn": [*_domains("www"), {"domain": "www.example.org", "certificate": "other"}],
        "dcdn": _domains("app"),
        "vod": _domains("vod"),
        "live": _domains("live"),
        "ddos": [*_domains("pay"), {"domain": "pay.example.org", "certificate": "other"}],
        "oss": [{"bucket": "files", "region": REGION, "cnames": _domains("files")}],
        "alb": [
            {
                "name": "front",
                "region": REGION,
                "listeners": [_LISTENER, {"port": 444, "default": "other", "additional": ["old"]}],
            }
        ],
        "nlb": [{"name": "sockets", "region": REGION, "listeners": [_LISTENER]}],
        "slb": [
            {
                "name": "classic",
                "region": REGION,
                "listeners": [{"port": 443, "certificate": "old", "extensions": _domains("tickets")}],
            }
        ],
        "ga": [
            {
                "name": "worldwide",
                "listeners": [
                    {
                        "port": 443,
                        "default": "old",
                        "additional": {"global.example.com": "old", "global.example.org": "other"},
                    }
                ],
            }
        ],
        "sae": [
            {"name": "rules", "region": REGION, "certificates": ["old", "other"]},
            {"name": "orders", "region": REGION, "balancer": "clb", "certificates": ["old"]},
        ],
        "ack": [
            {
                "name": "cluster",
                "region": REGION,
                "secrets": [{"namespace": "web", "name": "tls", "certificate": "old"}],
                "ingresses": [
                    {
                        "namespace": "web",
                        "name": "shop",
                        "secret": "tls",
                        "hosts": ["cluster.example.com"],
                        "address": "203.0.113.20",
                    }
                ],
                "albconfigs": [{"name": "front", "listeners": [_LISTENER]}],
            }
        ],
        "waf": [{"region": REGION, "default": "other", "domains": _domains("checkout")}],
        "esa": [
            {
                "site": "example.com",
                "certificates": [{"certificate": "old"}],
                "records": ["edge.example.com"],
                "hostnames": [
                    {"hostname": "news.example.com", "record": "edge.example.com", "certificate": "old"}
                ],
            }
        ],
        "mse": [_gateway("mesh")],
        "pai": [_gateway("models")],
        "apigateway": [_gateway("open")],
        "apig": [_gateway("native")],
        "fc": [
            {"domain": "hooks.example.com", "region": REGION, "certificate": "old"},
            {"domain": "thumbs.example.com", "region": REGION, "certificate": "old", "version": "2.0"},
        ],
        "aws": [{"name": "america", "listeners": [_LISTENER]}],
        "cloudfront": [{"aliases": ["us.example.com"], "certificate": "old"}],
    }


def _domains(*labels: str) -> list[dict[str, str]]:
    return [{"domain": f"{label}.example.com", "certificate": "old"} for label in labels]


def _gateway(name: str) -> dict[str, Any]:
    beside = {"domain": f"{name}.example.org", "certificate": "other"}
    return {"name": name, "region": REGION, "domains": [*_domains(name), beside]}
