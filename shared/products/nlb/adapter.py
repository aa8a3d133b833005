"""NLB (API 2022-04-30): the default and each additional certificate of TCPSSL listeners.

Writes take their parameters in the form body, and so does the listing of certificates, whose pages
hold 50 at most. Removing says *Disassociate…WithListener*, where ALB says *Dissociate…FromListener*.
"""

from typing import Any, ClassVar

from shared.cloud.api import Action, Api
from shared.domain.resources import CloudProduct
from shared.errors import CloudError, CloudRejectedError
from shared.products.kit.listeners import ListenerAdapter


class Adapter(ListenerAdapter):
    product = CloudProduct.NLB
    api = Api("nlb", "2022-04-30", "RPC", ram="nlb", hosts="nlb.{region}.aliyuncs.com")
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("DescribeRegions", of_discovery=True),
            Action("ListLoadBalancers", of_discovery=True),
            Action("ListListeners"),
            Action("ListListenerCertificates", place="form"),
            Action("GetJobStatus", of_looks=True),
            Action("UpdateListenerAttribute", place="form", writes=True),
            Action("AssociateAdditionalCertificatesWithListener", place="form", writes=True),
            Action("DisassociateAdditionalCertificatesWithListener", place="form", writes=True),
        )
    }
    smaller_pages: ClassVar = {"ListListenerCertificates": 50}
    protocols = ("TCPSSL",)
    server_only: ClassVar = {"CertType": "Server"}
    remove_action = "DisassociateAdditionalCertificatesWithListener"
    most_per_call = 15
    #: whether an update resets what it does not name is not documented
    sent_again = frozenset(
        {
            "AlpnEnabled",
            "AlpnPolicy",
            "CaCertificateIds",
            "CaEnabled",
            "Cps",
            "IdleTimeout",
            "ListenerDescription",
            "Mss",
            "ProxyProtocolEnabled",
            "ProxyProtocolV2Config",
            "SecSensorEnabled",
            "SecurityPolicyId",
            "ServerGroupId",
        }
    )
    cluster_tags = ("ack.aliyun.com", "kubernetes.do.not.delete")

    def _naming(self, action: str, identifiers: list[str]) -> dict[str, Any]:
        default = action == "UpdateListenerAttribute"
        return {"CertificateIds" if default else "AdditionalCertificateIds": identifiers}

    def _job(self, action: str, region: str, job_id: str) -> tuple[bool, CloudError | None]:
        """Documented are Succeeded and processing; the word for a failed job is not."""
        status = self._call("GetJobStatus", region, JobId=job_id).text("Status").lower()
        if status != "failed":
            return status == "succeeded", None
        why = f"job {job_id} failed; the product says no more"
        return True, CloudRejectedError(action, "Failed", why)
