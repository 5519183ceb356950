static void finish_window(offkey_state *s, int is_silent)
{
    offkey_result *r = &s->result;
    r->window = s->window++;
    r->is_scored = !is_silent;
    r->score = r->surprise = 0.0f;
    r->p_value = 1.0f;
    r->anomalous = 0;
    if (!is_silent) {
        //levels: pool_levels(s);
        //change: pool_changes(s);
        //low: pool_low(s);
        //level: take_level(s);
        r->score = score(s);
        decide(r);
    }
    //events: follow(s);
}

static void take_frame(offkey_state *s)
{
    power_spectrum(s);
    measure_levels(s);
    add_levels(s);
    //change: add_changes(s);
    for (int i = 0; i < HALF; i++)
        s->frame[i] = s->frame[i + HALF];
    s->filled = HALF;
}

void offkey_init(offkey_state *s)
{
    memset(s, 0, sizeof *s);
    s->to_end = OFFKEY_WINDOW;
    s->to_silence = OFFKEY_WINDOW - EDGE;
    //events: s->missing = EVENT_HOLD + 1;
}

int offkey_push(offkey_state *s, const int16_t *samples, size_t n)
{
    int whole = 0;
    for (const int16_t *end = samples + n; samples < end; samples++) {
        if (*samples != s->frame[s->filled ? s->filled - 1 : 0])
            s->alike = 0;
        if (s->alike < OFFKEY_WINDOW)
            s->alike++;
        s->frame[s->filled++] = *samples;
        //low: count_sample(s, *samples);
        if (s->filled == OFFKEY_FFT)
            take_frame(s);
        if (--s->to_silence == 0) { /* a window is silent where all but its edges is constant */
            s->to_silence = OFFKEY_HOP;
            s->silent = (uint8_t)(s->silent << 1 | (s->alike >= OFFKEY_WINDOW - 2 * EDGE));
            s->undecided++;
        }
        if (--s->to_end == 0) {
            s->to_end = OFFKEY_HOP;
            finish_window(s, s->silent >> --s->undecided & 1);
            whole++;
        }
    }
    return whole;
}
