"""The unmodified Kubernetes client, as ACK's own API hands out access to an emulated cluster."""

from __future__ import annotations

from typing import Any

import kubernetes
import yaml
from alibabacloud_cs20151215.client import Client
from alibabacloud_cs20151215.models import DescribeClusterUserKubeconfigRequest
from alibabacloud_tea_openapi.utils_models import GlobalParameters

from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.clients import config


def kubernetes_client(cloud: Cloud, server: Server, name: str) -> Any:
    """For the cluster of that name in cn-hangzhou."""
    everywhere = GlobalParameters(headers={"x-emulator-host": "cs.cn-hangzhou.aliyuncs.com"})
    official = Client(config(server, global_parameters=everywhere))
    asked = DescribeClusterUserKubeconfigRequest(temporary_duration_minutes=15)
    cluster = cloud.service("cs").cluster(name)
    body = official.describe_cluster_user_kubeconfig(cluster.id, asked).body
    return kubernetes.config.new_client_from_config_dict(yaml.safe_load(body.config))
