/* The two lowest bins, which the mean of the window is in: it is known when the window is whole. A constant m adds
 * m OFFKEY_FFT / 2 to the first bin under a periodic Hann window, and takes m OFFKEY_FFT / 4 from the second. */
static void count_sample(offkey_state *s, int16_t sample)
{
    s->total += sample;
    if (++s->in_total < OFFKEY_HOP)
        return;
    s->in_total = 0;
    //total_blocks: s->totals[s->total_slot] = s->total;
    //total_blocks: s->total_slot = (uint16_t)((s->total_slot + 1) % OFFKEY_TOTAL_BLOCKS);
    s->total = 0;
}

static float low_level(const offkey_state *s, int frame, int bin, float mean)
{
    const float *low = s->low[(s->low_at + frame) % OFFKEY_FRAMES];
    float re = bin == 0 ? low[0] - mean * (OFFKEY_FFT / 2) : low[1] + mean * (OFFKEY_FFT * 0.25f);
    float im = bin == 0 ? 0.0f : low[2];
    return decibels((re * re + im * im) * PER_FULL_SCALE) - centre[bin - FIRST_LOW];
}

static void pool_low(offkey_state *s)
{
    int64_t total = s->total;
    //total_blocks: for (int k = 0; k < OFFKEY_TOTAL_BLOCKS; k++)
    //total_blocks:     total += s->totals[k];
    float mean_sample = (float)total * (1.0f / 32768.0f / OFFKEY_WINDOW);
    for (int place = 0; place < N_LOW; place++) {
        int bin = FIRST_LOW + place;
        float sum = 0.0f;
        for (int k = 0; k < OFFKEY_FRAMES; k++)
            sum += low_level(s, k, bin, mean_sample);
        float mean = sum * (1.0f / OFFKEY_FRAMES);
        s->features[place] = mean;
        //deviation: float square = 0.0f;
        //deviation: for (int k = 0; k < OFFKEY_FRAMES; k++) {
        //deviation:     float away = low_level(s, k, bin, mean_sample) - mean;
        //deviation:     square += away * away;
        //deviation: }
        //deviation: s->features[OFFKEY_BANDS + place] =
        //deviation:     sqrtf(square * (1.0f / OFFKEY_FRAMES)) - centre[OFFKEY_BANDS + place];
        //change: float changes = 0.0f, before = low_level(s, 0, bin, mean_sample);
        //change: for (int k = 1; k < OFFKEY_FRAMES; k++) {
        //change:     float level = low_level(s, k, bin, mean_sample);
        //change:     changes += level < before ? before - level : level - before;
        //change:     before = level;
        //change: }
        //change: s->features[CHANGE_AT + place] = changes * (1.0f / CHANGES) - centre[CHANGE_AT + place];
    }
}
