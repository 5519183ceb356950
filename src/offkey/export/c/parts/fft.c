/* Squared magnitudes of the newest frame under a periodic Hann window, in work[0] to work[OFFKEY_FFT / 2]: a real
 * transform by a complex one of half its length. */
static void transform(float *x)
{
    for (int size = 2 * begin_transform(x); size <= HALF; size *= 2) {
        for (int j = 0; j < size / 2; j++) {
            float cosine = COSINE(j * (OFFKEY_FFT / size)), sine = SINE(j * (OFFKEY_FFT / size));
            for (float *a = x + 2 * j; a < x + OFFKEY_FFT; a += 2 * size) {
                float *b = a + size;
                float re = b[0] * cosine + b[1] * sine, im = b[1] * cosine - b[0] * sine;
                b[0] = a[0] - re;
                b[1] = a[1] - im;
                a[0] += re;
                a[1] += im;
            }
        }
    }
}

static float windowed(const offkey_state *s, int i)
{
    int near = i <= HALF ? i : OFFKEY_FFT - i;
    return (float)s->frame[i] * (0.5f - 0.5f * COSINE(near)) * (1.0f / 32768.0f);
}

static void power_spectrum(offkey_state *s)
{
    float *x = s->work;
    for (int i = 0; i < HALF; i++) {
        float *to = x + 2 * PLACE(i);
        to[0] = windowed(s, 2 * i);
        to[1] = windowed(s, 2 * i + 1);
    }
    transform(x);
    float first = x[0] + x[1], last = x[0] - x[1];
    x[0] = first * first;
    //low: s->low[s->low_at][0] = first;
    for (int k = 1; k <= HALF / 2; k++) {
        float *a = x + 2 * k, *b = x + 2 * (HALF - k);
        float even_re = 0.5f * (a[0] + b[0]), even_im = 0.5f * (a[1] - b[1]);
        float odd_re = 0.5f * (a[1] + b[1]), odd_im = 0.5f * (b[0] - a[0]);
        float re = odd_re * COSINE(k) + odd_im * SINE(k), im = odd_im * COSINE(k) - odd_re * SINE(k);
        float up_re = even_re + re, up_im = even_im + im, down_re = even_re - re, down_im = even_im - im;
        //low: if (k == 1) {
        //low:     s->low[s->low_at][1] = up_re;
        //low:     s->low[s->low_at][2] = up_im;
        //low: }
        a[0] = up_re * up_re + up_im * up_im;
        b[0] = down_re * down_re + down_im * down_im;
    }
    for (int k = 1; k < HALF; k++)
        x[k] = x[2 * k];
    x[HALF] = last * last;
    //low: s->low_at = (uint16_t)((s->low_at + 1) % OFFKEY_FRAMES);
}
