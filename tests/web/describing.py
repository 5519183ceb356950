"""Whether an API answers as its description says: whatever fits that, and much that does not, is sent to it."""

from __future__ import annotations

from collections.abc import Iterator

import schemathesis
from schemathesis.config import (
    CheckConfig,
    ChecksConfig,
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.engine import events, from_schema

from offkey.web.app import AppPart, create_app
from offkey.web.security import Guard

_ACCEPTED = ("2xx", 400, 404, 422)
"""Answers to what fits a description, which says nothing of damaged sound, or of a step that comes too early."""


def mistakes(part: AppPart) -> str:
    """Return what schemathesis finds in the answers of a part, by its examples, at its bounds, and by chance."""
    app = create_app([part], title="test", guard=Guard(hosts=None, programs=True))
    project = ProjectConfig(
        generation=GenerationConfig(max_examples=10, deterministic=True, database="none"),
        checks=ChecksConfig(positive_data_acceptance=CheckConfig(expected_statuses=_ACCEPTED)),
    )
    config = SchemathesisConfig(seed=1, projects=ProjectsConfig(default=project))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, config=config)
    found, tried = list[str](), set[str]()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.append(str(event))
        if isinstance(event, events.ScenarioFinished):
            tried.add(event.recorder.label)
            found += _failures(event)
    assert {operation.ok().label for operation in schema.get_all_operations()} <= tried
    return "\n".join(found)


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    for check in (check for checks in event.recorder.checks.values() for check in checks):
        if check.failure_info is not None:
            yield f"{event.recorder.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
