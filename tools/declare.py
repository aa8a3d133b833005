"""Writes emulator/declarations/<service>.json from the vendor's API metadata.

    python tools/declare.py META_DIR SERVICE ACTION...

META_DIR is the folder `metadatas` of github.com/aliyun/aliyun-openapi-meta: `<service>/<Action>.json`, and
`products.json` or the part of it that is known as `endpoints.json`. The metadata does not say what an
array or object holds, and leaves out some parameters; both are read from the request models of the
vendor's official SDK, if it is installed. Actions declared before are kept. An action without
metadata is declared by hand, with a "source".
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "emulator" / "declarations"
#: In some SDK models, but the gateway's own.
GATEWAY = {"SecurityToken"}
SCALARS = {"str": "String", "int": "Long", "bool": "Boolean", "float": "Double"}


def declare(meta: Path, service: str, actions: list[str], api: str | None = None) -> Path:
    """Add `actions` to the service's declaration, or bring them up to date."""
    endpoint = endpoints(meta)[service]
    target = TARGET / f"{service}.json"
    style = "ROA" if endpoint["style"] in ("restful", "roa") else "RPC"
    data: dict[str, Any] = {"api": service, "version": endpoint["version"], "style": style}
    data["actions"] = json.loads(target.read_text())["actions"] if target.exists() else {}
    models = sdk_models(service, endpoint["version"])
    for action in actions:
        described = json.loads((meta / service / f"{action}.json").read_text())
        data["actions"][action] = {
            "method": described["method"],
            "path": re.sub(r"\[(\w+)\]", r"{\1}", described["pathPattern"]) or "/",
            "params": params_of(described["parameters"], action, models),
        }
    data["actions"] = dict(sorted(data["actions"].items()))
    TARGET.mkdir(exist_ok=True)
    target.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    return target


def endpoints(meta: Path) -> dict[str, dict[str, Any]]:
    """Version, style and hosts of each service, by its folder in `meta`."""
    if (own := meta / "endpoints.json").exists():
        return dict(json.loads(own.read_text()))
    rows = json.loads((meta / "products.json").read_text())["products"]
    return {row["code"].lower(): {**row, "style": row["api_style"]} for row in rows}


def params_of(items: list[dict[str, Any]], action: str, models: Any) -> list[dict[str, Any]]:
    """The metadata's parameters, then those that only the SDK's request model has."""
    described = [declared(item, action, models) for item in items]
    names = {param["name"] for param in described}
    if models is None or any(param["name"] == "body" for param in described):
        return described  # the SDK has the fields of a whole body singly
    further = fields_of(models, f"{action}Request")
    return described + [
        {"name": name, "type": shape["type"], "place": "query", "required": False}
        | {key: shape[key] for key in ("element", "fields") if key in shape}
        for name, shape in sorted(further.items())
        if name not in names and name not in GATEWAY
    ]


def declared(item: dict[str, Any], action: str, models: Any) -> dict[str, Any]:
    place = {"FormData": "body", "Path": "path"}.get(item["position"], item["position"].lower())
    param = {
        "name": item["name"],
        "type": item["type"],
        "place": place,
        "required": item["required"],
    }
    known = [
        {"name": sub["name"], "type": sub["type"], "required": sub.get("required", False)}
        for sub in item.get("sub_parameters", [])
    ]
    if item["type"] in ("Array", "RepeatList", "Struct"):
        shape = {} if models is None else fields_of(models, f"{action}Request").get(item["name"])
        if shape and "element" in shape:
            param["element"] = shape["element"]
        elif shape and "fields" in shape:
            param["fields"] = shape["fields"]
        elif known:
            param["element"] = {"type": "Struct", "fields": known}
    return param


def sdk_models(service: str, version: str) -> Any:
    name = f"alibabacloud_{service.replace('-', '_')}{version.replace('-', '')}"
    try:
        return importlib.import_module(f"{name}.models")
    except ImportError:
        return None


def fields_of(models: Any, name: str) -> dict[str, dict[str, Any]]:
    """The fields of an SDK model by their names on the wire."""
    model = getattr(models, name, None)
    if model is None:
        return {}
    wire = {
        found.lower().replace("_", ""): found
        for found in re.findall(r"result\['(\w+)'\]", inspect.getsource(model))
    }
    return {
        wire[attribute.replace("_", "")]: shape_of(models, str(parameter.annotation))
        for attribute, parameter in inspect.signature(model.__init__).parameters.items()
        if attribute.replace("_", "") in wire
    }


def shape_of(models: Any, annotation: str) -> dict[str, Any]:
    if found := re.fullmatch(r"List\[(.+)\]", annotation):
        return {"type": "Array", "element": shape_of(models, found[1])}
    if found := re.fullmatch(r"main_models\.(\w+)", annotation):
        inner = fields_of(models, found[1])
        return {"type": "Struct", "fields": [{"name": key, **inner[key]} for key in sorted(inner)]}
    return {"type": SCALARS.get(annotation, "Any")}


def main(arguments: list[str]) -> int:
    if len(arguments) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    print(declare(Path(arguments[0]), arguments[1], arguments[2:]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
