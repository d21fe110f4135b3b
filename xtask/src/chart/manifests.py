"""What `cargo xtask chart` does with YAML.

manifests.py schemas OUT SWAGGER FILE|FOLDER...   JSON schemas of Kubernetes' own kinds, of definitions, and of our stand-ins
manifests.py rules HOUSE FILE...                  holds rendered manifests to what no schema can say
"""

import json
import pathlib
import sys

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where it was built


def read(file):
    """The documents of a file."""
    return [one for one in yaml.load_all(pathlib.Path(file).read_text(), Loader=LOADER) if one]


# ---------------------------------------------------------------- schemas


def strict(schema):
    """The same schema, refusing what it does not name, as the API server warns of it."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return {"type": ["string", "integer"]}
    schema = {key: strict(value) for key, value in schema.items()}
    schema.pop("format", None)
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("additionalProperties")
    if isinstance(schema.get("properties"), dict) and not is_open and "type" in schema:
        schema["additionalProperties"] = False
    return schema


def builtin(swagger):
    """(group, kind, version) and schema of each kind of the API server's own."""
    definitions = strict(json.loads(pathlib.Path(swagger).read_text())["definitions"])
    # A quantity may be written as a number.
    definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = {"type": ["string", "number"]}
    for name, definition in definitions.items():
        for kind in definition.get("x-kubernetes-group-version-kind", []):
            whole = {"$ref": f"#/definitions/{name}", "definitions": reached(name, definitions)}
            yield kind["group"] or kind["version"], kind["kind"], kind["version"], whole


def reached(name, definitions):
    """The definitions that one leads to, itself included."""
    found, todo = {}, [name]
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = definitions[name]
            todo += [part.split('"')[0] for part in json.dumps(definitions[name]).split('"#/definitions/')[1:]]
    return found


def defined(paths):
    """The same of CustomResourceDefinitions."""
    for path in map(pathlib.Path, paths):
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            for document in read(file):
                if document.get("kind") != "CustomResourceDefinition":
                    continue
                spec = document["spec"]
                for version in spec["versions"]:
                    schema = version["schema"]["openAPIV3Schema"]
                    schema.setdefault("properties", {}).update(
                        {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
                    )
                    schema["properties"]["metadata"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                    yield spec["group"], spec["names"]["kind"], version["name"], strict(schema)


def schemas(out, swagger, *paths):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for source in (builtin(swagger), defined(paths)):
        for group, kind, version, schema in source:
            (out / f"{group}_{kind.lower()}_{version}.json").write_text(json.dumps(schema))


# ---------------------------------------------------------------- rules

HARDENED = {
    "runAsNonRoot": True,
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
TAKEN = {8008, 8012, 8013, 8022, 8112, 9090, 9091}  # the queue proxy's


def pod(document):
    """The pod that a document makes, if it makes one."""
    spec = document.get("spec") or {}
    if document["kind"] == "Pod":
        return spec
    template = (spec.get("template") or {}) if isinstance(spec, dict) else {}
    inner = template.get("spec") if isinstance(template, dict) else None
    return inner if isinstance(inner, dict) and "containers" in inner else None


def of_pod(document):
    spec = pod(document)
    if spec is None:
        return
    if spec.get("automountServiceAccountToken") is not False:
        yield "its pod is given a token of the API server"
    containers = spec["containers"] + spec.get("initContainers", [])
    for container in containers:
        security = container.get("securityContext", {})
        for key, wanted in HARDENED.items():
            if security.get(key) != wanted:
                yield f"container {container['name']}: {key} is {security.get(key)}"
        if "memory" not in container.get("resources", {}).get("limits", {}):
            yield f"container {container['name']}: no limit of memory"
        for variable in container.get("env", []):
            secret = variable["name"].endswith(("_KEY", "_URL", "_SECURITY")) and not variable["name"].endswith("PUBLIC_URL")
            if secret and not variable.get("value", "dapr-secret:").startswith("dapr-secret:") and variable["name"] != "ERRAND_MODEL_URL":
                yield f"container {container['name']}: {variable['name']} is written out"
        names = [variable["name"] for variable in container.get("env", [])]
        if len(names) != len(set(names)):
            yield f"container {container['name']}: a variable is given twice"
    if document["apiVersion"].startswith("serving.knative.dev"):
        with_ports = [container for container in containers if container.get("ports")]
        if len(with_ports) != 1:
            yield "a Knative Service has one container with a port"
        for container in with_ports:
            if {port["containerPort"] for port in container["ports"]} & TAKEN:
                yield "its port is the queue proxy's"
        if not 1 <= spec.get("timeoutSeconds", 0) <= 600:
            yield "its timeout is not from 1 to 600 seconds"


def of_service(document):
    if document["apiVersion"].startswith("serving.knative.dev") and document["kind"] == "Service":
        local = document["metadata"].get("labels", {}).get("networking.knative.dev/visibility") == "cluster-local"
        if local == document["metadata"]["name"].endswith("-front"):
            yield "the front faces the ingress, and nothing else does"


def of_delivery(document):
    if document["kind"] in ("Broker", "Trigger", "KafkaSource") and not document["metadata"]["name"].endswith("-dead-letters"):
        delivery = document["spec"].get("delivery", {})
        if "deadLetterSink" not in delivery or "retry" not in delivery:
            yield "an event is lost after the last try: no deadLetterSink"
    if document["kind"] == "Trigger":
        if document["metadata"]["annotations"].get("kafka.eventing.knative.dev/delivery.order") != "ordered":
            yield "its order is not kept"


def references(documents):
    """Everything that names another by kind and name must find it."""
    there = {(document["kind"], document["metadata"]["name"]) for document in documents}
    for document in documents:
        for ref in refs(document.get("spec")):
            if (ref["kind"], ref["name"]) not in there:
                yield document, f"there is no {ref['kind']} {ref['name']}"
        broker = document["kind"] == "Trigger" and document["spec"]["broker"]
        if broker and ("Broker", broker) not in there:
            yield document, f"there is no Broker {broker}"


def refs(value):
    if isinstance(value, dict):
        if isinstance(value.get("ref"), dict) and "kind" in value["ref"]:
            yield value["ref"]
        for inner in value.values():
            yield from refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from refs(inner)


def ways(documents, house):
    """Each function that events wake is reached by each of its topics, and by nothing else."""
    wanted = {(one["name"], topic) for one in house["functions"] for topic in one["subscribes"]}
    types = {(one["name"], topic): types for one in house["functions"] for topic, types in one["subscribes"].items()}
    found = set()
    for document in documents:
        if document["kind"] in ("Trigger", "KafkaSource"):
            name = document["metadata"]["name"]
            way = next((pair for pair in wanted if name.endswith(f"-{pair[0]}-{pair[1]}")), name)
            found.add(way)
            passed = [one["prefix"]["type"] for filter in document["spec"].get("filters", []) for one in filter["any"]]
            if document["kind"] == "Trigger" and passed != [f"errand.{one}.v" for one in types.get(way, [])]:
                yield document, f"it lets other events through than its function subscribes to: {passed}"
        for container in (pod(document) or {}).get("containers", []):
            for variable in container.get("env", []):
                if variable["name"] == "ERRAND_DISPATCH_TO":
                    sent = {one.split("=")[0] for one in variable["value"].split(",")}
                    found |= {pair for pair in wanted if pair[0] in sent}
    if found != wanted:
        yield documents[0], f"events do not come as functions subscribe: {sorted(map(str, found ^ wanted))}"


def rules(house, *files):
    house = json.loads(pathlib.Path(house).read_text())
    broken = set()
    count = 0
    for file in files:
        documents = read(file)
        count += len(documents)
        said = [(one, words) for one in documents for rule in (of_pod, of_service, of_delivery) for words in rule(one)]
        said += [*references(documents), *ways(documents, house)]
        broken |= {f"{one['kind']} {one['metadata']['name']}: {words} ({pathlib.Path(file).stem})" for one, words in said}
    for line in sorted(broken):
        print(line)
    if broken:
        sys.exit(1)
    print(f"{count} manifests keep the rules")


if __name__ == "__main__":
    {"schemas": schemas, "rules": rules}[sys.argv[1]](*sys.argv[2:])
