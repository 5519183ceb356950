/* Negative log-likelihood under the mixture, or under its likeliest component. */
static float distance(offkey_state *s)
{
    float found[COMPONENTS], highest = -INFINITY, beside = 0.0f;
    const float *x = s->z;
    //axes: take_along(s->z, s->along);
    //axes: x = s->along;
    //axes: beside = dot(s->z, s->z, OFFKEY_FEATURES) * PER_REG;
    for (int k = 0; k < COMPONENTS; k++) {
        //full: const float *factor = whiteners[k];
        float square = beside;
        for (int j = 0; j < DIRECTIONS; j++) {
            //full: float along = 0.0f;
            //full: for (int i = 0; i <= j; i++)
            //full:     along += (x[i] - means[k][i]) * *factor++;
            //!full: float along = (x[j] - means[k][j]) * whiteners[k][j];
            square += along * along;
        }
        found[k] = constants[k] - 0.5f * square;
        highest = found[k] > highest ? found[k] : highest;
    }
    //mixed: float sum = 0.0f;
    //mixed: for (int k = 0; k < COMPONENTS; k++)
    //mixed:     sum += exponential(found[k] - highest);
    //mixed: return -highest - logf(sum);
    //!mixed: return -highest;
}
