/* Transforms of a length that is no power of two: the factors of half a frame, the odd ones first. */
#define HALF (OFFKEY_FFT / 2)
#define SINE(k) sines[k]
#define COSINE(k) cosines[k]
#define PLACE(n) place(n)

/* Cosine and sine of k of OFFKEY_FFT parts of a circle, by tables of half of it. */
static float cosine(int k)
{
    return cosines[k <= HALF ? k : OFFKEY_FFT - k];
}

static float sine(int k)
{
    return k <= HALF ? sines[k] : -sines[OFFKEY_FFT - k];
}

/* The place where a pair of samples is transformed from. */
static int place(int n)
{
    int at = 0, size = HALF;
    for (int f = N_FACTORS - 1; f >= 0; f--) {
        size /= factors[f];
        at += n % factors[f] * size;
        n /= factors[f];
    }
    return at;
}

/* Transform the odd number of values that lie `size` pairs apart, each turned by its place: the sum and the difference
 * of two that mirror each other serve two frequencies that do. */
static void turn_together(float *a, int size, int odd, int place_in_size)
{
    float sum[LARGEST + 1], difference[LARGEST + 1], re = a[0], im = a[1];
    int half = odd / 2, turn = place_in_size * (HALF / (size * odd)) * 2, step = OFFKEY_FFT / odd;
    for (int q = 1; q <= half; q++) {
        const float *b = a + 2 * size * q, *c = a + 2 * size * (odd - q);
        float cb = cosine(q * turn), sb = sine(q * turn), cc = cosine((odd - q) * turn), sc = sine((odd - q) * turn);
        float b_re = b[0] * cb + b[1] * sb, b_im = b[1] * cb - b[0] * sb;
        float c_re = c[0] * cc + c[1] * sc, c_im = c[1] * cc - c[0] * sc;
        sum[2 * q] = b_re + c_re;
        sum[2 * q + 1] = b_im + c_im;
        difference[2 * q] = b_re - c_re;
        difference[2 * q + 1] = b_im - c_im;
        a[0] += sum[2 * q];
        a[1] += sum[2 * q + 1];
    }
    for (int r = 1; r <= half; r++) {
        float even_re = re, even_im = im, odd_re = 0.0f, odd_im = 0.0f;
        for (int q = 1, angle = r * step; q <= half; q++) {
            float c = cosine(angle), s = sine(angle);
            even_re += sum[2 * q] * c;
            even_im += sum[2 * q + 1] * c;
            odd_re += difference[2 * q + 1] * s;
            odd_im += difference[2 * q] * s;
            angle += r * step;
            angle -= angle >= OFFKEY_FFT ? OFFKEY_FFT : 0;
        }
        float *b = a + 2 * size * r, *c = a + 2 * size * (odd - r);
        b[0] = even_re + odd_re;
        b[1] = even_im - odd_im;
        c[0] = even_re - odd_re;
        c[1] = even_im + odd_im;
    }
}

/* Transform the first few values next to each other; return how many. */
static int begin_transform(float *x)
{
    int size = 1;
    for (int f = 0; f < N_FACTORS && factors[f] > 2; f++) {
        for (int j = 0; j < size; j++)
            for (float *a = x + 2 * j; a < x + OFFKEY_FFT; a += 2 * size * factors[f])
                turn_together(a, size, factors[f], j);
        size *= factors[f];
    }
    return size;
}

