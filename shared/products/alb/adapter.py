"""ALB (API 2020-06-16): the default and each additional certificate of HTTPS and QUIC listeners.

`ListListeners` shows no certificate; `ListListenerCertificates` does.
"""

from typing import Any, ClassVar

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.resources import CloudProduct
from shared.errors import CloudError, CloudRejectedError
from shared.products.kit.listeners import ListenerAdapter


class Adapter(ListenerAdapter):
    product = CloudProduct.ALB
    api = Api(
        "alb",
        "2020-06-16",
        "RPC",
        ram="alb",
        hosts="alb.{region}.aliyuncs.com",
        other_hosts={"cn-hangzhou-finance": "alb.cn-hangzhou.aliyuncs.com"},
    )
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("DescribeRegions", of_discovery=True),
            Action("ListLoadBalancers", of_discovery=True),
            Action("ListListeners"),
            Action("ListListenerCertificates"),
            Action("ListAsynJobs", of_looks=True),
            Action("UpdateListenerAttribute", writes=True),
            Action("AssociateAdditionalCertificatesWithListener", writes=True),
            Action("DissociateAdditionalCertificatesFromListener", writes=True),
        )
    }
    protocols = ("HTTPS", "QUIC")
    server_only: ClassVar = {"CertificateType": "Server"}
    remove_action = "DissociateAdditionalCertificatesFromListener"
    most_per_call = 20
    cluster_tags = ("ack.aliyun.com", "ingress.k8s.alibaba/albconfig")

    def _naming(self, action: str, identifiers: list[str]) -> dict[str, Any]:
        return {"Certificates": [{"CertificateId": identifier} for identifier in identifiers]}

    def _job(self, action: str, region: str, job_id: str) -> tuple[bool, CloudError | None]:
        jobs = self._call("ListAsynJobs", region, JobIds=[job_id]).rows("Jobs")
        job = jobs[0] if jobs else Fields()
        if job.text("Status") != "Failed":
            return job.text("Status") == "Succeeded", None
        return True, CloudRejectedError(action, job.text("ErrorCode") or "Failed", job.text("ErrorMessage"))
