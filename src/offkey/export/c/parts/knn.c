/* Mean distance to the nearest of the clips that were learnt. */
static float distance(offkey_state *s)
{
    float nearest[NEIGHBORS];
    int found = 0;
    for (int k = 0; k < N_CLIPS; k++) {
        float square = square_apart(s->z, clips[k], OFFKEY_FEATURES);
        if (found == NEIGHBORS && square >= nearest[NEIGHBORS - 1])
            continue;
        int place = found < NEIGHBORS ? found++ : NEIGHBORS - 1;
        for (; place > 0 && nearest[place - 1] > square; place--)
            nearest[place] = nearest[place - 1];
        nearest[place] = square;
    }
    float sum = 0.0f;
    for (int k = 0; k < NEIGHBORS; k++)
        sum += sqrtf(nearest[k]);
    return sum * (1.0f / NEIGHBORS);
}
