/* The least score of the features, in units of their spread, as those of any of the conditions that were learnt. */
static float score(offkey_state *s)
{
    float least = 0.0f;
    for (int k = 0; k < OFFKEY_MOVES; k++) {
        for (int i = 0; i < OFFKEY_FEATURES; i++)
            s->z[i] = (s->features[i] - moves[k][i]) * UNIT(i);
        float found = distance(s);
        if (k == 0 || found < least)
            least = found;
    }
    return least;
}
