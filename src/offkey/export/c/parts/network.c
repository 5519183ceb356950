/* Mean squared error by which the network reconstructs its inputs. */
static float reconstruct(offkey_state *s, const float *inputs)
{
    const float *from = inputs;
    float square = 0.0f;
    for (int k = 0; k < N_LAYERS; k++) {
        const layer *l = &layers[k];
        float *to = s->hidden[k % 2];
        for (int j = 0; j < l->outputs; j++) {
            float y = 0.0f;
            for (int i = 0; i < l->inputs; i++)
                y += (float)l->weights[j * l->inputs + i] * from[i];
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
