/* Mahalanobis distance: the length of whitened features, by a triangular factor of the inverse covariance. */
static float distance(offkey_state *s)
{
    const float *factor = whitener;
    float square = 0.0f;
    for (int j = 0; j < OFFKEY_FEATURES; j++) {
        float along = 0.0f;
        for (int i = j; i < OFFKEY_FEATURES; i++)
            along += s->z[i] * *factor++;
        square += along * along;
    }
    return sqrtf(square);
}
