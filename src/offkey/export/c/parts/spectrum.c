/* Levels of the bins in dB beside what is usual. */
static void measure_levels(offkey_state *s)
{
    for (int i = 0; i < OFFKEY_BANDS; i++)
        s->levels[i] = decibels(s->work[BIN(i)] * PER_FULL_SCALE) - centre[i];
}
