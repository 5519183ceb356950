/* Least distance to the clips that were learnt, by how far these lie from one another there. */
static float distance(offkey_state *s)
{
    float least = INFINITY;
    for (int k = 0; k < N_CLIPS; k++) {
        float apart = sqrtf(square_apart(s->z, clips[k], OFFKEY_FEATURES));
        //divides: float found = apart / radii[k];
        //!divides: float found = apart - radii[k];
        least = found < least ? found : least;
    }
    return least;
}
