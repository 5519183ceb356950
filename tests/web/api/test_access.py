"""Who may ask: tokens with scopes, requests of other sites, and requests a minute."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI, Request

from offkey.web.api.app import create_api, needs
from offkey.web.api.limits import Limits, RateLimit
from offkey.web.failures import PageError
from offkey.web.problems import PROBLEM_TYPE
from offkey.web.security import Guard, GuardMiddleware
from offkey.web.tokens import Scope, Tokens

MODEL = "/api/models/pump%207"


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens.make(tmp_path / "tokens.txt")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_lets_a_program_in_and_no_other_does(client_of, tokens: Tokens, clip: Path) -> None:
    token = tokens.add("node-red", Scope.read)
    client = client_of(guard=Guard(tokens=tokens, programs=True))
    assert client.get("/api/models", headers=_bearer(token)).status_code == 200
    assert client.post(f"{MODEL}/score", content=clip.read_bytes(), headers=_bearer(token)).status_code == 200
    for headers in ({}, _bearer("wrong"), _bearer(""), {"Authorization": f"Basic {token}"}):
        refused = client.get("/api/models", headers=headers)
        assert (refused.status_code, refused.headers["content-type"]) == (401, PROBLEM_TYPE)
        assert refused.headers["www-authenticate"] == "Bearer"
        assert token not in refused.text


@pytest.mark.parametrize(("have", "status"), [("read", 403), ("review", 200), ("admin", 200)])
def test_a_route_wants_at_least_its_scope(tokens: Tokens, have: str, status: int) -> None:
    from starlette.testclient import TestClient

    router = APIRouter()
    router.add_api_route("/reviews", lambda: "done", methods=["GET"], dependencies=[needs(Scope.review)])
    app = FastAPI()
    app.add_middleware(GuardMiddleware, guard=Guard(tokens=tokens))
    app.mount("/api", create_api([router], title="test"))
    answer = TestClient(app, base_url="http://127.0.0.1").get(
        "/api/reviews", headers=_bearer(tokens.add("anna", Scope[have]))
    )
    assert answer.status_code == status
    assert status == 200 or "scope review: that of 'anna' has read" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_a_page_of_another_site_cannot_upload(client_of, clip: Path, headers: dict[str, str]) -> None:
    refused = client_of().post(f"{MODEL}/score", content=clip.read_bytes(), headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) == (403, PROBLEM_TYPE)


def test_a_visitor_with_too_many_requests_is_sent_away_until_there_is_room(client_of) -> None:
    client = client_of(Limits(per_minute=20))
    answers = [client.get("/api/models") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "more than 20 requests a minute" in answers[-1].json()["detail"]


def test_requests_fill_up_again_evenly_and_each_visitor_has_its_own() -> None:
    now = [0.0]
    limit = RateLimit(60, clock=lambda: now[0])

    def ask(host: str) -> None:
        limit(Request({"type": "http", "headers": [], "client": (host, 1)}))

    for host in "aaaaaab":
        ask(host)
    with pytest.raises(PageError, match="come again in 2 s") as refused:
        ask("a")
    assert refused.value.headers == {"Retry-After": "2"}
    now[0] += 1.0
    ask("a")
    with pytest.raises(PageError, match="come again"):
        ask("a")
