/* Four sums side by side take less time than one. */
static float row_times(const weight *row, const float *x, int n)
{
    float a = 0.0f, b = 0.0f, c = 0.0f, d = 0.0f;
    for (; n >= 4; n -= 4, row += 4, x += 4) {
        a += (float)row[0] * x[0];
        b += (float)row[1] * x[1];
        c += (float)row[2] * x[2];
        d += (float)row[3] * x[3];
    }
    for (; n > 0; n--)
        a += (float)*row++ * *x++;
    return (a + b) + (c + d);
}

/* Mean squared error by which the network reconstructs its inputs. */
static float reconstruct(offkey_state *s, const float *inputs)
{
    const float *from = inputs;
    float square = 0.0f;
    for (int k = 0; k < N_LAYERS; k++) {
        const layer *l = &layers[k];
        float *to = s->hidden[k % 2];
        for (int j = 0; j < l->outputs; j++) {
            float y = row_times(l->weights + j * l->inputs, from, l->inputs);
            //int8: y *= l->scales[j];
            y += l->biases[j];
            if (l->rectifies && y < 0.0f)
                y = 0.0f;
            if (k == N_LAYERS - 1)
                square += (y - inputs[j]) * (y - inputs[j]);
            else
                to[j] = y;
        }
        from = to;
    }
    return square * (1.0f / OFFKEY_INPUTS);
}
