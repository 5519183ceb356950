/* The level of the whole window does not count. */
static void take_level(offkey_state *s)
{
    float level = 0.0f;
    for (int i = 0; i < OFFKEY_BANDS; i++)
        level += s->features[i];
    level = level * (1.0f / OFFKEY_BANDS) + USUAL_LEVEL;
    for (int i = 0; i < OFFKEY_BANDS; i++)
        s->features[i] -= level;
}
