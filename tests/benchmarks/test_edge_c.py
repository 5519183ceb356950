"""Costs of exported C by compilers and by qemu."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from benchmarks.edge_c import instructions, missing, replayed, report
from tests.export.c.machine import fitted

from offkey.export.c import c_sources, sizes

TOOLS = ("gcc", "size", "arm-none-eabi-gcc", "arm-none-eabi-size", "arm-none-eabi-nm", "qemu-system-arm")
pytestmark = pytest.mark.skipif(bool(missing(*TOOLS)), reason=f"not installed: {', '.join(missing(*TOOLS))}")

LOOP = """#include "offkey.h"
void offkey_init(offkey_state *s) { s->result.window = 0; }
int offkey_push(offkey_state *s, const int16_t *samples, size_t n)
{
    uint32_t k = 1000000;
    (void)s, (void)samples;
    if (n > 1)
        __asm__ volatile("1: subs %0, #1\\n bne 1b" : "+r"(k) : : "cc");
    return 1;
}
"""


def test_costs_are_those_that_were_computed() -> None:
    model = fitted(detector="mahalanobis")
    files = c_sources(model)
    found, expected = report(files), sizes(model)
    assert None not in asdict(found).values()
    assert found.state == expected.state
    assert 0.9 * expected.flash < found.flash <= expected.flash
    assert 0 < found.stack <= expected.stack
    assert 500_000 < found.instructions < 5_000_000  # a second of 8 kHz
    assert found.host_tables >= expected.tables
    assert replayed(files) < 1e-4


def test_instructions_are_counted_exactly() -> None:
    """A loop of a million rounds of two instructions."""
    files = {**c_sources(fitted(detector="mahalanobis")), "offkey.c": LOOP}
    assert instructions(files) == pytest.approx(2_000_000, abs=80)
