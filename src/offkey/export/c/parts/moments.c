/* Means and squares about them in blocks of frames, of which the windows that overlap share most. */
static float block_mean(const offkey_state *s, int i, int frames)
{
    return s->begin[i] + s->sum[i] / (float)frames;
}

static float block_square(const offkey_state *s, int i, int frames)
{
    float square = s->square[i] - s->sum[i] * s->sum[i] / (float)frames;
    return square > 0.0f ? square : 0.0f;
}

static void add_levels(offkey_state *s)
{
    for (int i = 0; i < OFFKEY_BANDS; i++) {
        if (s->in_block == 0) {
            s->begin[i] = s->levels[i];
            s->sum[i] = s->square[i] = 0.0f;
        }
        float away = s->levels[i] - s->begin[i];
        s->sum[i] += away;
        s->square[i] += away * away;
    }
    if (++s->in_block < OFFKEY_BLOCK)
        return;
    s->in_block = 0;
    //blocks: for (int i = 0; i < OFFKEY_BANDS; i++) {
    //blocks:     s->means[s->slot][i] = block_mean(s, i, OFFKEY_BLOCK);
    //blocks:     s->squares[s->slot][i] = block_square(s, i, OFFKEY_BLOCK);
    //blocks: }
    //blocks: s->slot = (uint16_t)((s->slot + 1) % OFFKEY_BLOCKS);
}

static void pool_levels(offkey_state *s)
{
    for (int i = 0; i < OFFKEY_BANDS; i++) {
        float sum = 0.0f, square = 0.0f, newest = 0.0f;
        if (s->in_block) {
            newest = block_mean(s, i, s->in_block);
            square = block_square(s, i, s->in_block);
            sum = newest * (float)s->in_block;
        }
        //blocks: for (int k = 0; k < OFFKEY_BLOCKS; k++)
        //blocks:     sum += s->means[k][i] * OFFKEY_BLOCK;
        float mean = sum * (1.0f / OFFKEY_FRAMES);
        square += (newest - mean) * (newest - mean) * (float)s->in_block;
        //blocks: for (int k = 0; k < OFFKEY_BLOCKS; k++) {
        //blocks:     float away = s->means[k][i] - mean;
        //blocks:     square += s->squares[k][i] + away * away * OFFKEY_BLOCK;
        //blocks: }
        s->features[i] = mean;
        s->features[OFFKEY_BANDS + i] = sqrtf(square * (1.0f / OFFKEY_FRAMES)) - centre[OFFKEY_BANDS + i];
    }
}
