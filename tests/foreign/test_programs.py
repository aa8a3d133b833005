"""Programs that are not in Python: curl, openssl, kubectl, Node."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from emulator.authority import Authority
from emulator.client import Client
from emulator.in_process import InProcess
from tests.foreign.conftest import needs

URL = "https://alb.cn-shanghai.aliyuncs.com/?Action=DescribeRegions&Version=2020-06-16"
NODE = """
const [url, port] = process.argv.slice(1);
const here = {address: '127.0.0.1', family: 4};
const lookup = (name, options, done) => done(null, options.all ? [here] : here.address, 4);
require('https').get(url, {port, lookup}, answer => answer.on('data', data => process.stdout.write(data)));
"""


POP_CORE = """
const [endpoint, accessKeyId, accessKeySecret] = process.argv.slice(1);
const Core = require('@alicloud/pop-core');
const client = new Core({accessKeyId, accessKeySecret, endpoint, apiVersion: '2018-05-10'});
client.request('DescribeUserDomains', {}, {method: 'POST'}).then(
  answer => console.log(JSON.stringify(answer.Domains.PageData.map(row => row.DomainName))));
"""


def output(*command: str, stdin: str = "") -> str:
    ran = subprocess.run(command, capture_output=True, text=True, input=stdin, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_curl(cloud_of_all: InProcess) -> None:
    needs(program="curl")
    assert '"HostId":"alb.cn-shanghai.aliyuncs.com","Code":"MissingAccessKeyId"' in output("curl", "-sS", URL)
    assert output("curl", "-sS", f"{cloud_of_all.endpoint}/_emulator/health").startswith('{"status":"ok"')


def test_openssl_at_the_front_and_at_the_edge(cloud_of_all: InProcess, tmp_path: Path) -> None:
    needs(program="openssl")
    (roots := tmp_path / "roots.pem").write_text(Authority().root_pem)
    proxy = cloud_of_all.endpoint.removeprefix("http://")
    front = ("-proxy", proxy, "-connect", "alb.cn-shanghai.aliyuncs.com:443", "-CAfile", cloud_of_all.ca_file)
    edge = ("-connect", cloud_of_all.tls, "-servername", "www.example.com", "-CAfile", str(roots))
    for where, name in ((front, "alb.cn-shanghai.aliyuncs.com"), (edge, "www.example.com")):
        words = ("openssl", "s_client", *where, "-verify_return_error", "-verify_hostname", name)
        assert "Verification: OK" in output(*words, "-alpn", "http/1.1")


def test_kubectl(cloud_of_all: InProcess, tmp_path: Path) -> None:
    needs(program="kubectl")
    config = tmp_path / "kubeconfig"
    config.write_text(Client(cloud_of_all.endpoint).ask("GET", "kubeconfig/shop"))

    told = output("kubectl", "--kubeconfig", str(config), "-n", "web", "get", "secrets", "-o", "name")

    assert told == "secret/tls\n"


def test_pop_core(cloud_of_all: InProcess) -> None:
    """The vendor's package of npm, which the variable NODE_PATH leads to; at the plain port."""
    needs(program="node")
    needs(package="@alicloud/pop-core")
    key = cloud_of_all.key

    told = output("node", "-e", POP_CORE, cloud_of_all.endpoint, key.access_key_id, key.access_key_secret)

    assert told == '["www.example.com"]\n'


def test_node(cloud_of_all: InProcess) -> None:
    """Its name resolution is led to loopback, as a line of a hosts file would."""
    needs(program="node")
    port = str(urlsplit(cloud_of_all.ready["https"]).port)

    assert '"Code":"MissingAccessKeyId"' in output("node", "-e", NODE, URL, port)
