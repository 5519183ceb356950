/* Mahalanobis distance: along each axis in units of the spread there, and beside all axes in that of the others. */
static float distance(offkey_state *s)
{
    take_along(s->z, s->along);
    float square = dot(s->z, s->z, OFFKEY_FEATURES) * PER_BESIDE;
    for (int k = 0; k < OFFKEY_AXES; k++)
        square += s->along[k] * s->along[k] * per_variance[k];
    return sqrtf(square);
}
