/* Sums of levels in blocks of frames, of which the windows that overlap share most. */
static void add_levels(offkey_state *s)
{
    for (int i = 0; i < OFFKEY_BANDS; i++)
        s->sum[i] += s->levels[i];
    if (++s->in_block < OFFKEY_BLOCK)
        return;
    s->in_block = 0;
    for (int i = 0; i < OFFKEY_BANDS; i++) {
        //blocks: s->sums[s->slot][i] = s->sum[i];
        s->sum[i] = 0.0f;
    }
    //blocks: s->slot = (uint16_t)((s->slot + 1) % OFFKEY_BLOCKS);
}

static void pool_levels(offkey_state *s)
{
    for (int i = 0; i < OFFKEY_BANDS; i++) {
        float sum = s->sum[i];
        //blocks: for (int k = 0; k < OFFKEY_BLOCKS; k++)
        //blocks:     sum += s->sums[k][i];
        s->features[i] = sum * (1.0f / OFFKEY_FRAMES);
    }
}
