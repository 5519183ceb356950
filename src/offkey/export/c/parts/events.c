/* Events: excursions of the average of surprises above one level, whose peak reaches a higher one. */
static void follow(offkey_state *s)
{
    offkey_result *r = &s->result;
    if (!r->is_scored && s->missing <= EVENT_HOLD)
        s->missing++;
    if (s->missing > EVENT_HOLD)
        s->average = r->is_scored ? EVENT_USUAL : -INFINITY;
    if (r->is_scored) {
        s->average = EVENT_SHARE * r->surprise + (1.0f - EVENT_SHARE) * s->average;
        s->missing = 0;
    }
    r->event = OFFKEY_NO_EVENT;
    if (s->average >= EVENT_CLOSES) {
        if (!s->is_above) {
            r->first = r->window;
            r->peak = s->average;
        }
        s->is_above = 1;
        r->last = r->window;
        if (s->average > r->peak)
            r->peak = s->average;
    } else if (s->is_above && r->window - r->last > EVENT_HOLD) {
        s->is_above = 0;
        if (r->peak >= EVENT_OPENS)
            r->event = OFFKEY_EVENT_ENDED;
    }
    if (s->is_above && r->peak >= EVENT_OPENS)
        r->event = OFFKEY_EVENT_GOES_ON;
}
