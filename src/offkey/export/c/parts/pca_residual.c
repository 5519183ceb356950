/* Length of what the axes along which normal sound varies leave of the features. */
static float distance(offkey_state *s)
{
    take_along(s->z, s->along);
    return sqrtf(dot(s->z, s->z, OFFKEY_FEATURES));
}
