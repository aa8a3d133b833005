"""A cluster's API at a server that plays it without TLS, so that its answers can be anything."""

from shared.cloud.kubernetes import KubeConfig, Kubernetes
from shared.cloud.openapi import OpenApi
from tests.keys import a_leaf


def a_cluster(openapi: OpenApi, server: str) -> Kubernetes:
    pair = a_leaf()
    return Kubernetes(openapi, KubeConfig(server, pair.pem, pair.pem, pair.key_pem), "cn-hangzhou")
