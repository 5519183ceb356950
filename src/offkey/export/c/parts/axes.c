/* Take what lies along orthonormal axes away from the features, one after the other. */
static void take_along(float *z, float *along)
{
    for (int k = 0; k < OFFKEY_AXES; k++) {
        along[k] = dot(axes[k], z, OFFKEY_FEATURES);
        for (int i = 0; i < OFFKEY_FEATURES; i++)
            z[i] -= along[k] * axes[k][i];
    }
}
