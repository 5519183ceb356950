"""The pages of a plant, without a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.web.watch.conftest import EVENT, NOW, ROW, Stated

from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.rows import HealthPoint, Review
from offkey.watch.settings import PlantSettings
from offkey.watch.store.journal import Journal
from offkey.watch.store.store import Store
from offkey.web.app import create_app
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

NAME = "pump &quot;7&quot;"


@pytest.mark.parametrize("path", ["/", "/wall", "/cards", "/cards?wall=true"])
def test_each_machine_is_shown_with_its_level(client: TestClient, path: str) -> None:
    text = client.get(path).text.replace("&#34;", "&quot;")
    assert NAME in text
    assert "level-warning" in text


def test_a_wall_has_no_navigation(client: TestClient) -> None:
    assert '<nav aria-label="Pages">' in client.get("/").text
    assert "<nav" not in client.get("/wall").text


def test_a_plant_without_machines_says_so(client: TestClient, monitor: Stated) -> None:
    monitor.rows = []
    assert "No machine is watched yet" in client.get("/").text


def test_the_page_of_a_machine_has_its_promise_and_its_events(client: TestClient, store: Store) -> None:
    store.write(Findings([Change("e1", ROW["machine"], "new", "slow", NOW, NOW - 60, None, 3.0, "m")]))
    store.write(Findings([Change("e2", "other", "new", "fast", NOW, NOW - 60, None, 3.0, "m")]))
    text = client.get("/machine", params={"name": ROW["machine"]}).text
    assert "expected 0.9 a week (0.2 to 2.6)" in text
    assert 'id="e1"' in text
    assert 'id="e2"' not in text
    assert client.get("/machine", params={"name": "none"}).status_code == 404
    assert 'id="e2"' in client.get("/events").text


def test_a_page_that_cannot_be_shown_leads_back_to_pages_of_the_plant(client: TestClient) -> None:
    answer = client.get("/machine?name=none", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "There is no machine" in answer.text
    links = re.findall(r'class="button" href="([^"]+)"', answer.text)
    assert [client.get(link).status_code for link in links] == [200, 200]


def test_links_stand_below_the_path_of_a_proxy(plant: Plant) -> None:
    app = create_app([watch_part(plant)], title="offkey watch")
    client = TestClient(app, base_url="http://127.0.0.1:8001", root_path="/hall")
    for path in ("/", "/events", "/wall"):
        text = client.get(f"/hall{path}").text
        assert 'href="/hall/' in text
        assert not re.findall(r'(?:href|src|data-\w+)="(?!/hall[/"])/', text)


def test_the_quality_of_alarms_is_shown_beside_what_was_promised(client: TestClient, store: Store) -> None:
    store.write(Findings([Change("e1", ROW["machine"], "new", "slow", NOW, NOW - 3 * 86_400, None, 3.0, "m")]))
    text = client.get("/quality?days=7").text
    assert "<strong>1.0</strong> events a week" in text
    assert "expected 0.9 a week (0.2 to 2.6)" in text
    assert 'id="e1"' in text
    assert client.get("/quality?days=0").status_code == 400


def test_of_many_stale_events_those_that_go_on_come_first_and_the_others_are_counted(
    client: TestClient, store: Store
) -> None:
    old = NOW - 3 * 86_400
    ended = [Change(f"e{n:02d}", ROW["machine"], "end", "fast", old, old - 60 * n, old, 3.0, "m") for n in range(60)]
    store.write(Findings([*ended, Change("on", ROW["machine"], "new", "slow", old, old, None, 3.0, "m")]))
    text = client.get("/quality?days=7").text.partition("<h2>Stale")[2]
    assert text.count("<tr id=") == 50
    assert text.index('id="on"') < text.index('id="e59"')
    assert "And 11 more, which are not listed here" in text


def test_the_system_is_shown_with_a_bundle_for_support(client: TestClient, monitor: Stated) -> None:
    text = client.get("/system").text
    assert "on the disk" in text
    assert "There is no journal" in text
    assert client.get("/system/bundle.zip").content.startswith(b"PK")
    monitor.scoring = False
    assert "Nothing is scored any more" in client.get("/system").text


def test_the_system_is_shown_with_starts_and_ends(
    client: TestClient, store: Store, tmp_path: Path, plant: Plant
) -> None:
    journal = Journal(tmp_path / "plant.toml", tmp_path / "plant.db", store.database)
    journal.start(b"")
    journal.fail("the <disk> is full", is_running=True)
    journal.end()
    plant.journal = journal.path
    answer = client.get("/system")
    shown = re.findall(r"<td>((?:start|error|end)[^<]*)</td>", answer.text)
    assert shown == ["end", "error: the &lt;disk&gt; is full", "start"]


def test_a_common_event_stands_once_on_top_and_machines_below_their_area(
    client: TestClient, monitor: Stated, store: Store, settings: PlantSettings
) -> None:
    pump = settings.machine[0]
    places = {"a": "hall", "b": "hall", "c": None}
    machines = [pump.model_copy(update={"name": name, "area": area}) for name, area in places.items()]
    monitor.settings = settings.model_copy(update={"machine": machines})
    monitor.rows = [{**ROW, "machine": name} for name in "abc"]
    common = Change("e1", "hall", "new", "fast", NOW, NOW - 60, None, 3.0, "", scope="common", area="hall")
    own = Change("e2", "a", "new", "fast", NOW, NOW - 60, None, 3.0, "m", area="hall")
    store.write(Findings([common, own]))
    text = client.get("/").text
    assert text.count("the surroundings changed") == 1
    assert text.index("the surroundings changed") < text.index('class="area">hall<') < text.index('class="area">Other')


def test_a_machine_has_sound_to_hear_health_and_the_verdicts_of_its_events(
    client: TestClient, kept: Path, store: Store
) -> None:
    store.write(Findings(health=[HealthPoint(ROW["machine"], NOW - 60 * n, 90.0 + n, "normal", 1.0) for n in range(5)]))
    store.add(Review(EVENT, NOW, "expected", "Anna"))
    text = client.get("/machine", params={"name": ROW["machine"]}).text
    assert "Hear it: the newest event" in text
    assert f"/event/clip.flac?event={EVENT}" in text
    assert "A hiss at 3 to 4 kHz." in text
    assert "Lowest: 90" in text
    marks = client.get("/machine/events", params={"name": ROW["machine"]}).json()["events"]
    assert marks == [{"began": NOW - 60, "ended": NOW - 50, "level": "warning", "verdict": "expected"}]
    assert client.get("/machine/events", params={"name": ROW["machine"], "since": NOW}).json() == {"events": []}


def test_machines_of_one_kind_stand_beside_each_other(
    client: TestClient, monitor: Stated, store: Store, settings: PlantSettings
) -> None:
    assert "Machines of one kind" not in client.get("/quality").text
    pump = settings.machine[0]
    machines = [pump.model_copy(update={"name": name, "kind": "pump"}) for name in "abcde"]
    monitor.settings = settings.model_copy(update={"machine": machines})
    for name in "abcde":
        health = 20.0 if name == "c" else 95.0
        points = [HealthPoint(name, NOW - 60 * n, health, "normal", 1.0) for n in range(1, 5)]
        minutes = [Minute(name, "m", int(NOW) - 60 * n, 6, 0, 0.0, 1.0, 2.0, None) for n in range(1, 5)]
        store.write(Findings(minutes=minutes, health=points))
    text = client.get("/quality?days=7").text
    assert text.count("stands out from its 4 sisters") == 1
    assert "c stands out" in text


def test_a_shadow_of_half_an_hour_is_said_in_minutes(client: TestClient, monitor: Stated) -> None:
    monitor.rows = [{**ROW, "phase": "shadow", "level": None, "shadow_days": 0.0216, "shadow_days_wanted": 3.0}]
    assert "31 minutes of 3 days of normal sound" in client.get("/life", params={"name": ROW["machine"]}).text
