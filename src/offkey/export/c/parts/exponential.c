/* e to the power of x, at most 0: by halves of a unit and a polynomial. */
static float exponential(float x)
{
    if (x < -80.0f)
        return 0.0f;
    int n = (int)(x * 1.442695041f - 0.5f);
    float r = x - (float)n * 0.693359375f + (float)n * 2.12194440e-4f;
    float y = 1.0f + r * (1.0f + r * (0.5f + r * (1.6666667e-1f + r * (4.1666667e-2f + r * (8.3333333e-3f +
              r * 1.3888889e-3f)))));
    for (; n < 0; n++)
        y *= 0.5f;
    return y;
}
