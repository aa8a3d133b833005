"""NLB: default and additional certificates of TCPSSL listeners, in two regions."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, IDENTIFIER
from tests.contract.cases._listeners import SHARED, hindered, listener_cases, two_regions

ESTATE = {
    "certificates": CERTIFICATES,
    **two_regions(
        "nlb",
        shop=[{"port": 443, **SHARED}, {"port": 444, **SHARED}, {"port": 80, "protocol": "TCP"}],
        mail=[{"port": 993, "default": "other"}, {"port": 995}],
    ),
}
_FURTHER = {"mail:993/default": "other", "mail:995/default": ""}

CASES = listener_cases(CloudProduct.NLB, ESTATE, _FURTHER, busy="ResourceInConfiguring.listener")
HINDERED = hindered(CloudProduct.NLB, "TCPSSL", "kubernetes.do.not.delete")
HOSTS = {"cn-shanghai": "nlb.cn-shanghai.aliyuncs.com"}
SDK = "nlb20220430"
_CHANGE = {"ListenerId": ANY, "ClientToken": ANY}
OFFICIAL = {
    "DescribeRegions": {},
    "ListLoadBalancers": {"MaxResults": 2},
    "ListListeners": {"MaxResults": 2, "ListenerProtocol": "TCPSSL"},
    "ListListenerCertificates": {"MaxResults": 2, "ListenerId": ANY, "CertType": "Server"},
    "GetJobStatus": {"JobId": ANY},
    "UpdateListenerAttribute": {
        **_CHANGE,
        "CertificateIds": [IDENTIFIER["new"]],
        **dict.fromkeys(("AlpnEnabled", "CaEnabled", "ProxyProtocolEnabled", "SecSensorEnabled"), False),
        "ProxyProtocolV2Config": {
            "Ppv2PrivateLinkEpIdEnabled": False,
            "Ppv2PrivateLinkEpsIdEnabled": False,
            "Ppv2VpcIdEnabled": False,
        },
        "Cps": 0,
        "IdleTimeout": 900,
        "Mss": 0,
        "SecurityPolicyId": "tls_cipher_policy_1_0",
        "ServerGroupId": ANY,
    },
    "AssociateAdditionalCertificatesWithListener": {
        **_CHANGE,
        "AdditionalCertificateIds": [IDENTIFIER["new"]],
    },
    "DisassociateAdditionalCertificatesWithListener": {
        **_CHANGE,
        "AdditionalCertificateIds": [IDENTIFIER["second"]],
    },
}
