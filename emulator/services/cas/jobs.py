"""CAS's deployment jobs: created, submitted, carried out on the products, rolled back, deleted.

A new job is `editing` and does not run until UpdateDeploymentJobStatus (the switch `job_starts`). It has one
worker for each resource that one of its certificates covers. Only uploaded certificates cost: one deployment
for each worker, taken when the job is submitted and given back where it fails; the quota is that of the
switch `deployments`. A call that is repeated makes a second job: there is no ClientToken.
All codes but NotFound and InsufficientQuota are guessed [guess].
Not emulated: hosted and multi-cloud jobs; keys of other clouds (AddCloudAccess, DeleteCloudAccess).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from emulator.api import Answer, Call
from emulator.services.cas import job_model as model
from emulator.services.cas.job_book import JobBook, covers, ids_of
from emulator.services.cas.job_model import Job
from emulator.services.cas.paging import page, part, refused
from emulator.services.cas.store import CasCertificate

_MOST_MATCHED = 2000
_JOB_STATUSES = ("editing", "pending", "scheduling", "processing", "success", "error")


class Jobs(JobBook):
    def CreateDeploymentJob(self, call: Call) -> Answer:
        now, params = self.cloud.clock(), call.params
        if params["JobType"] == "cloud":
            raise refused("NotEmulated", "Multi-cloud jobs are not emulated.")
        if params["JobType"] != "user":
            raise refused("InvalidParameter", "JobType is user or cloud.")
        number, self._next_job = self._next_job, self._next_job + 1
        job = Job(number, "", "user", [], [], [], None, now, now, self._store(call))
        self._describe(job, call)
        self._jobs[job.id] = job
        if self.behaviour["job_starts"] == "when created":
            self._submit(job, "pending")
        return {"JobId": job.id}

    def UpdateDeploymentJob(self, call: Call) -> Answer:
        job = self._job(call)
        if job.status != "editing":
            raise refused("InvalidJobStatus", f"The job is {job.status}.")
        self._describe(job, call)
        job.modified = self.cloud.clock()
        return {}

    def UpdateDeploymentJobStatus(self, call: Call) -> Answer:
        """`Data` is of any kind; the vendor's sample is a text."""
        job, wanted = self._job(call), call.params["Status"]
        if wanted not in ("pending", "scheduling", "editing"):
            raise refused("InvalidParameter", "Status is pending, scheduling or editing.")
        if job.status in model.ENDED or job.status == "processing":
            raise refused("InvalidJobStatus", f"The job is {job.status}.")
        if wanted == "editing":
            self._give_back(job, job.cost)
            job.status, job.modified = "editing", self.cloud.clock()
            for worker in job.workers:
                worker.status = "editing"
        else:
            self._submit(job, wanted)
        return {"Data": "[]"}

    def DeleteDeploymentJob(self, call: Call) -> Answer:
        job = self._job(call)
        if job.status == "processing":
            raise refused("InvalidJobStatus", "A running job cannot be deleted.")
        self._give_back(job, job.cost if job.status not in model.ENDED else 0)
        del self._jobs[job.id]
        return {}

    def DescribeDeploymentJob(self, call: Call) -> Answer:
        job = self._job(call)
        contacts = [row for number in job.contact_ids if (row := self.contact(number))]
        return {**self._job_item(job), **model.job_detail(job, contacts)}

    def DescribeDeploymentJobStatus(self, call: Call) -> Answer:
        return model.job_counts(self._job(call), self._bought, self._used)

    def ListDeploymentJob(self, call: Call) -> Answer:
        """Newest first [guess]."""
        self._go_on()
        params = call.params
        if params.get("Status") not in (None, "", *_JOB_STATUSES):
            raise refused("InvalidParameter", f"Status is one of {', '.join(_JOB_STATUSES)}.")
        rows = [
            job
            for job in reversed(self._jobs.values())
            if job.store == self._store(call)
            and params.get("Status") in (None, "", job.status)
            and params.get("JobType") in (None, "", job.kind)
            and params.get("InstanceId") in (None, "", job.instance_id)
            and params.get("CertId") in (None, *job.certificate_ids)
        ]
        return page(rows, params, 50, "Total") | {
            "Data": [self._job_item(job) for job in part(rows, params, 50)]
        }

    def ListDeploymentJobCert(self, call: Call) -> Answer:
        now = self.cloud.clock()
        return {"Data": [model.certificate_item(row, now) for row in self._certificates_of(self._job(call))]}

    def ListDeploymentJobResource(self, call: Call) -> Answer:
        job, cached = self._job(call), self.cached()
        if job.status in model.ENDED and not self.behaviour["ended_jobs_tell_resources"]:
            return {"Data": []}
        return {"Data": [cached[number] for number in job.resource_ids if number in cached]}

    def GetMatchedResources(self, call: Call) -> Answer:
        """Nobody has described its Data: [guess] rows as of ListCloudResources, all at once."""
        store = self._store(call)
        rows = [self.by_id(number, store) for number in ids_of(call.params, "CertIds", [])]
        if not all(rows):
            raise refused("NotFound", "A certificate does not exist.")
        places = self.places()
        matched = [
            resource
            for number, resource in self.cached().items()
            if any(row and covers(row, places[number].names) for row in rows)
        ]
        return {"Data": matched[:_MOST_MATCHED], "MaxResults": call.params.get("MaxResults", 20)}

    def ListWorkerResource(self, call: Call) -> Answer:
        job, params = self._job(call), call.params
        early = job.status == "editing" and self.behaviour["worker_list"] == "when submitted"
        rows = [
            model.worker_item(job, one, self.find(one.identifier), self.find(one.before), self.cloud.account)
            for one in (() if early else job.workers)
            if params.get("Status") in (None, "", one.status)
            and params.get("CloudProduct") in (None, "", one.place["CloudProduct"])
        ]
        return page(rows, params, 50, "Total") | {"Data": part(rows, params, 50)}

    def DeleteWorkerResource(self, call: Call) -> Answer:
        job, worker = self._worker(call)
        if job.status != "editing":
            raise refused("InvalidJobStatus", f"The job is {job.status}.")
        job.workers.remove(worker)
        return {}

    def UpdateWorkerResourceStatus(self, call: Call) -> Answer:
        """Back to what was in place. What the other statuses do is not known: they are refused."""
        if call.params["Status"] != "rollback":
            raise refused("InvalidParameter", "Status is rollback; others are not emulated.")
        return self.CreateRollbackTask(call)

    def CreateRollbackTask(self, call: Call) -> Answer:
        job, worker = self._worker(call)
        if worker.status not in ("success", "rollback_error"):
            raise refused("InvalidWorkerStatus", f"The worker is {worker.status}.")
        if not worker.before:
            raise refused("InvalidWorkerStatus", "There was no certificate before.")
        now = self.cloud.clock()
        worker.status, worker.modified, job.rolled_back = "rollback", now, True
        worker.until = now + timedelta(seconds=self.cloud.settle_s)
        return {"Data": "[]"}

    def _certificates_of(self, job: Job) -> list[CasCertificate]:
        return [row for number in job.certificate_ids if (row := self.by_id(number, job.store))]

    def _job_item(self, job: Job) -> dict[str, Any]:
        return model.job_item(job, self._certificates_of(job), self.cloud.account)
