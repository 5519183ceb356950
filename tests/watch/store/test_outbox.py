"""Messages on their way out, on each database."""

from __future__ import annotations

from typing import Any

from offkey.watch.findings import Findings
from offkey.watch.rows import Message
from offkey.watch.store.store import Store


def _message(number: int, channel: str = "mqtt", **fields: Any) -> Message:
    given = {"id": f"id{number}", "channel": channel, "kind": "new", "payload": {"text": "It hums."}, "created": 10.0}
    return Message(**{**given, "due": 10.0, "key": f"{channel} e{number}-1", "event": f"e{number}", **fields})


def test_the_messages_of_a_channel_are_pending_in_their_order_until_they_were_sent(store: Store) -> None:
    store.write(Findings(messages=[_message(k) for k in range(3)] + [_message(4, "email"), _message(5, status="held")]))
    outbox = store.outbox
    assert [row["id"] for row in outbox.pending("mqtt")] == ["id0", "id1", "id2"]
    outbox.mark_sent("id1", 11.0)
    outbox.postpone("id0", 99.0, "busy")
    outbox.give_up("id2", "gone")
    (row,) = outbox.pending("mqtt")
    assert (row["id"], row["due"], row["tries"], row["error"]) == ("id0", 99.0, 1, "busy")
    found = {row["id"]: (row["status"], row["sent_at"], row["error"]) for row in outbox.messages()}
    assert found["id1"] == ("sent", 11.0, None)
    assert found["id2"] == ("failed", None, "gone")
    counts = {(row["channel"], row["status"]): (row["number"], row["oldest"]) for row in outbox.counts()}
    assert counts[("mqtt", "pending")] == (1, 10.0)
    assert len(counts) == 5


def test_a_message_whose_key_is_there_is_left_out(store: Store) -> None:
    store.write(Findings(messages=[_message(1)]))
    store.write(Findings(messages=[_message(2, key="mqtt e1-1"), _message(3)]))
    assert [row["id"] for row in store.outbox.pending("mqtt")] == ["id1", "id3"]


def test_messages_of_channels_that_are_gone_are_given_up(store: Store) -> None:
    store.write(Findings(messages=[_message(1), _message(2, "email"), _message(3, "email", status="held")]))
    store.outbox.give_up_except(["mqtt"], "There is no such channel.")
    found = {row["id"]: (row["status"], row["error"]) for row in store.outbox.messages()}
    assert found == {
        "id1": ("pending", None),
        "id2": ("failed", "There is no such channel."),
        "id3": ("held", None),
    }
    assert [row["id"] for row in store.outbox.messages(status="held")] == ["id3"]
