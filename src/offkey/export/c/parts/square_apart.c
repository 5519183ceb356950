static float square_apart(const float *a, const float *b, int n)
{
    float square = 0.0f;
    for (int i = 0; i < n; i++)
        square += (a[i] - b[i]) * (a[i] - b[i]);
    return square;
}
