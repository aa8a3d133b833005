"""ALB: default and additional certificates of listeners, in two regions."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, IDENTIFIER
from tests.contract.cases._listeners import SHARED, hindered, listener_cases, two_regions

_SHARED = {"protocol": "HTTPS", **SHARED}
_ESTATE = {
    "certificates": CERTIFICATES,
    **two_regions(
        "alb",
        shop=[{"port": 443, **_SHARED}, {"port": 444, **_SHARED}, {"port": 80, "protocol": "HTTP"}],
        mail=[
            {"port": 443, "default": "other"},
            {"port": 8443, "protocol": "QUIC", "default": "old"},
            {"port": 9443},
        ],
    ),
}
_FURTHER = {"mail:443/default": "other", "mail:8443/default": "old", "mail:9443/default": ""}

CASES = listener_cases(CloudProduct.ALB, _ESTATE, _FURTHER, busy="IncorrectStatus.Listener")
HINDERED = hindered(CloudProduct.ALB, "HTTPS", "ingress.k8s.alibaba/albconfig")
HOSTS = {
    "cn-shanghai": "alb.cn-shanghai.aliyuncs.com",
    "cn-hangzhou-finance": "alb.cn-hangzhou.aliyuncs.com",
}
SDK = "alb20200616"
_CHANGE = {"ListenerId": ANY, "ClientToken": ANY}
OFFICIAL = {
    "DescribeRegions": {},
    "ListLoadBalancers": {"MaxResults": 2},
    "ListListeners": {"MaxResults": 2, "ListenerProtocol": "HTTPS"},
    "ListListenerCertificates": {"MaxResults": 2, "ListenerId": ANY, "CertificateType": "Server"},
    "ListAsynJobs": {"JobIds": ANY},
    "UpdateListenerAttribute": {**_CHANGE, "Certificates": [{"CertificateId": IDENTIFIER["new"]}]},
    "AssociateAdditionalCertificatesWithListener": {
        **_CHANGE,
        "Certificates": [{"CertificateId": IDENTIFIER["new"]}],
    },
    "DissociateAdditionalCertificatesFromListener": {
        **_CHANGE,
        "Certificates": [{"CertificateId": IDENTIFIER["second"]}],
    },
}
