"""client.py WHAT: one thing that a program does with the Python client, in the namespace tour."""
import json
import sys

from kubernetes import client, config, watch
from kubernetes.stream import stream

config.load_kube_config()
core = client.CoreV1Api()
apps = client.AppsV1Api()
custom = client.CustomObjectsApi()
NS = "tour-py"
KIND = ("networking.istio.io", "v1", NS, "serviceentries")


def entry(port=80):
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "ServiceEntry",
        "metadata": {"name": "py"},
        "spec": {
            "hosts": ["py.tour.example"],
            "exportTo": ["."],
            "resolution": "DNS",
            "ports": [{"number": port, "name": "http", "protocol": "HTTP"}],
        },
    }


def pod():
    return core.list_namespaced_pod(NS, label_selector="app=sleeper").items[0].metadata.name


def create_map():
    body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="py"), data={"a": "1"})
    print(core.create_namespaced_config_map(NS, body).data)


def create_again():
    create_map()


def patch_map():
    print(core.patch_namespaced_config_map("py", NS, {"data": {"b": "2"}}).data)


def replace_map():
    found = core.read_namespaced_config_map("py", NS)
    found.data = {"c": "3"}
    print(core.replace_namespaced_config_map("py", NS, found).data)


def list_pages():
    page = core.list_namespaced_pod("mesh-network", limit=1)
    names = [each.metadata.labels["app"] for each in page.items]
    while page.metadata._continue:
        page = core.list_namespaced_pod("mesh-network", limit=1, _continue=page.metadata._continue)
        names += [each.metadata.labels["app"] for each in page.items]
    print(sorted(names))


def watch_maps():
    for event in watch.Watch().stream(core.list_namespaced_config_map, NS, timeout_seconds=1):
        if event["object"].metadata.name == "py":
            print(event["type"], event["object"].data)


def custom_objects():
    custom.create_namespaced_custom_object(*KIND, entry())
    patch = {"spec": {"resolution": "NONE"}}
    patched = custom.patch_namespaced_custom_object(*KIND, "py", patch)
    print(patched["spec"]["resolution"], patched["metadata"]["generation"])
    print([each["metadata"]["name"] for each in custom.list_namespaced_custom_object(*KIND)["items"]])
    print(custom.delete_namespaced_custom_object(*KIND, "py")["status"])


def custom_refused():
    custom.create_namespaced_custom_object(*KIND, entry(port=99999))


def scale():
    apps.patch_namespaced_deployment_scale("sleeper", NS, {"spec": {"replicas": 1}})
    print(apps.read_namespaced_deployment_scale("sleeper", NS).spec.replicas)


def execute():
    command = ["sh", "-c", "echo out; echo err >&2; exit 3"]
    session = stream(core.connect_get_namespaced_pod_exec, pod(), NS, command=command,
                     stdout=True, stderr=True, _preload_content=False)
    session.run_forever(timeout=20)
    print(repr(session.read_stdout()), repr(session.read_stderr()), session.returncode)


def typed():
    session = stream(core.connect_get_namespaced_pod_exec, pod(), NS, command=["sh"],
                     stdin=True, stdout=True, stderr=True, _preload_content=False)
    session.write_stdin("echo $((20 + 22))\nexit 0\n")
    print(session.readline_stdout(timeout=20))


def logs():
    print(core.read_namespaced_pod_log(pod(), NS, tail_lines=1))


def delete_map():
    core.delete_namespaced_config_map("py", NS)
    print([each.metadata.name for each in core.list_namespaced_config_map(NS, field_selector="metadata.name=py").items])


try:
    globals()[sys.argv[1]]()
except client.ApiException as error:
    print(error.status, json.loads(error.body)["message"])
    sys.exit(1)
