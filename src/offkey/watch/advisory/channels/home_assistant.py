"""Device discovery of Home Assistant: one device for the plant, with a few entities for each machine.

Source: Home Assistant, "MQTT", section "MQTT Discovery", device discovery payload.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from offkey._version import __version__

__all__ = ["components", "device"]

_ENTITIES: dict[str, dict[str, Any]] = {  # what each machine shows
    "event": {
        "platform": "binary_sensor",
        "name": "sounds wrong",
        "device_class": "problem",
        "value_template": "{{ 'ON' if value_json.event else 'OFF' }}",
    },
    "fresh": {
        "platform": "binary_sensor",
        "name": "is heard",
        "device_class": "connectivity",
        "entity_category": "diagnostic",
        "value_template": "{{ 'ON' if value_json.fresh else 'OFF' }}",
    },
    "source": {
        "platform": "sensor",
        "name": "source",
        "entity_category": "diagnostic",
        "value_template": "{{ value_json.source }}",
    },
    "score": {
        "platform": "sensor",
        "name": "anomaly score",
        "state_class": "measurement",
        "suggested_display_precision": 2,
        "value_template": "{{ value_json.score }}",
    },
}


def components(uuid: str, states: Sequence[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Return the entities of machines.

    Parameters
    ----------
    uuid : str
        Of the plant; with the name of a machine it makes the unique ids.
    states : sequence of (str, str)
        Name of each machine, and the topic of its state.

    Returns
    -------
    dict of str to dict
        Unique id to configuration.
    """
    found = {}
    for machine, topic in states:
        digest = sha256(machine.encode()).hexdigest()[:12]
        for what, entity in _ENTITIES.items():
            unique = f"{uuid}_{digest}_{what}"
            name = f"{machine} {entity['name']}"
            found[unique] = {**entity, "name": name, "unique_id": unique, "state_topic": topic}
    return found


def device(
    uuid: str, name: str, status_topic: str, entities: dict[str, dict[str, Any]], removed: dict[str, str]
) -> dict[str, Any]:
    """Return the payload of the discovery of a plant.

    Parameters
    ----------
    uuid, name : str
        Of the plant.
    status_topic : str
        Where ``online``, ``offline`` or ``stopped`` stands.
    entities : dict
        As of `components`.
    removed : dict of str to str
        Unique id to platform of entities of earlier, which go away by having nothing but a platform.
    """
    here = "{{ 'online' if value == 'online' else 'offline' }}"
    return {
        "device": {"identifiers": [uuid], "name": name, "manufacturer": "offkey", "sw_version": __version__},
        "origin": {"name": "offkey", "sw_version": __version__},
        "availability": [{"topic": status_topic, "value_template": here}],
        "qos": 1,
        "components": {**{unique: {"platform": platform} for unique, platform in removed.items()}, **entities},
    }
