/* Errors by which a network reconstructs a few frames at a time, in blocks that windows share. */
static void add_levels(offkey_state *s)
{
    for (int i = 0; i < OFFKEY_INPUTS - OFFKEY_BANDS; i++)
        s->inputs[i] = s->inputs[i + OFFKEY_BANDS];
    for (int i = 0; i < OFFKEY_BANDS; i++)
        s->inputs[OFFKEY_INPUTS - OFFKEY_BANDS + i] = s->levels[i] * UNIT(i);
    if (s->n_frames < OFFKEY_CONTEXT)
        s->n_frames++;
    if (s->n_frames < OFFKEY_CONTEXT)
        return;
    s->error += reconstruct(s, s->inputs);
    if (++s->in_block < OFFKEY_BLOCK)
        return;
    s->in_block = 0;
    //blocks: s->errors[s->slot] = s->error;
    //blocks: s->slot = (uint16_t)((s->slot + 1) % OFFKEY_BLOCKS);
    s->error = 0.0f;
}

static float score(offkey_state *s)
{
    float error = s->error;
    //blocks: for (int k = 0; k < OFFKEY_BLOCKS; k++)
    //blocks:     error += s->errors[k];
    return error * (1.0f / N_INPUTS);
}
