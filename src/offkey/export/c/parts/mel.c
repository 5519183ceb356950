/* Levels of the mel bands in dB beside what is usual. */
static void measure_levels(offkey_state *s)
{
    const float *weight = mel_weights;
    for (int i = 0; i < OFFKEY_BANDS; i++) {
        float power = 0.0f;
        for (int k = mel_first[i]; k < mel_end[i]; k++)
            power += s->work[k] * *weight++;
        s->levels[i] = decibels(power) - centre[i];
    }
}
