/* Score of the features, in units of their spread. */
static float score(offkey_state *s)
{
    for (int i = 0; i < OFFKEY_FEATURES; i++)
        s->z[i] = s->features[i] * UNIT(i);
    return distance(s);
}
