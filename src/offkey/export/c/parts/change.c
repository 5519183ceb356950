/* Sums of the differences from one frame to the next, in blocks as those of the levels. */
static void add_changes(offkey_state *s)
{
    for (int i = 0; i < OFFKEY_BANDS && s->has_before; i++) {
        float away = s->levels[i] - s->before[i];
        s->change[i] += away < 0.0f ? -away : away;
    }
    s->in_change = (uint16_t)(s->in_change + s->has_before);
    s->has_before = 1;
    for (int i = 0; i < OFFKEY_BANDS; i++)
        s->before[i] = s->levels[i];
    if (s->in_change < OFFKEY_BLOCK)
        return;
    s->in_change = 0;
    for (int i = 0; i < OFFKEY_BANDS; i++) {
        //change_blocks: s->changes[s->change_slot][i] = s->change[i];
        s->change[i] = 0.0f;
    }
    //change_blocks: s->change_slot = (uint16_t)((s->change_slot + 1) % OFFKEY_CHANGE_BLOCKS);
}

static void pool_changes(offkey_state *s)
{
    for (int i = 0; i < OFFKEY_BANDS; i++) {
        float sum = s->change[i];
        //change_blocks: for (int k = 0; k < OFFKEY_CHANGE_BLOCKS; k++)
        //change_blocks:     sum += s->changes[k][i];
        s->features[CHANGE_AT + i] = sum * (1.0f / CHANGES) - centre[CHANGE_AT + i];
    }
}
