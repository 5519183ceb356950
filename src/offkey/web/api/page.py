"""The page of the HTTP API, made from its description: ``python -m offkey.web.api.page > docs/http_api.md``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from offkey.web.api.app import create_api
from offkey.web.api.limits import Limits
from offkey.web.api.scoring import scoring_router
from offkey.web.api.served import ServedModels
from offkey.web.watch.acts_api import acts_api
from offkey.web.watch.api import watch_api
from offkey.web.watch.settings_api import settings_api

if TYPE_CHECKING:
    from offkey.web.watch.plant import Plant

__all__ = ["describe", "page"]

_HEAD = """\
# The HTTP API

Made from the descriptions that servers give at `/api/openapi.json`. [Serve models](serve.md) and [watch](watch.md)
say how to start them.
An error is a JSON object of the form of RFC 9457: `title`, `status`, and a sentence as `detail`.
"""


def describe() -> dict[str, dict[str, Any]]:
    """Return the descriptions of the APIs of models and of a monitor in the form of OpenAPI, by their commands."""
    plant = cast("Plant", None)  # no route is called
    routers = {
        "offkey serve": [scoring_router(ServedModels([]), Limits())],
        "offkey watch": [watch_api(plant), acts_api(plant), settings_api(plant)],
    }
    return {title: create_api(routes, title=title).openapi() for title, routes in routers.items()}


def page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for title, description in describe().items():
        parts += [f"## {title}\n", *_routes(description), *_schemas(description)]
    return "\n".join(parts)


def _routes(description: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in description["paths"].items():
        for method, route in methods.items():
            yield f"### {method.upper()} /api{path}\n\n{route['description']}\n"
            rows = [_parameter(parameter) for parameter in route.get("parameters", ())]
            if rows:
                yield "\n".join(["| parameter | in | type | |", "| --- | --- | --- | --- |", *rows]) + "\n"
            for kind, body in route.get("requestBody", {}).get("content", {}).items():
                form = ", ".join(f"`{name}`" for name in body["schema"].get("properties", ()))
                yield f"Body: `{kind}`{form and ' with '}{form}.\n"
            for kind, answer in route["responses"]["200"].get("content", {}).items():
                yield f"Answer: `{kind}`{_named(answer.get('schema', {}))}.\n"


def _parameter(parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    default = f"by default {json.dumps(schema['default'])}" if schema.get("default") is not None else ""
    about = "; ".join(filter(None, [parameter.get("description", "").rstrip("."), default]))
    return f"| `{parameter['name']}` | {parameter['in']} | {_type(schema)} | {about} |"


def _schemas(description: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in description["components"]["schemas"].items():
        if name.startswith(("HTTPValidation", "Validation")):
            continue
        yield f"### {name}\n\n{schema['description']}\n"
        rows = [
            f"| `{field}` | {_type(facts)} | {facts.get('description', '').rstrip('.')} | {_example(facts)} |"
            for field, facts in schema["properties"].items()
        ]
        yield "\n".join(["| field | type | | example |", "| --- | --- | --- | --- |", *rows]) + "\n"


def _example(facts: Mapping[str, Any]) -> str:
    return f"`{json.dumps(facts['examples'][0])}`" if facts.get("examples") else ""


def _named(schema: Mapping[str, Any]) -> str:
    return f", {_type(schema)}" if schema else ""


def _type(schema: Mapping[str, Any]) -> str:
    """Return a type in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(one)}`" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return str(schema.get("type", "any"))


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
