/* Transforms of a length that is a power of two: values in the order of reversed bits, and pairs of them. */
#define HALF (OFFKEY_FFT / 2)
#define SINE(k) turns[k]
#define COSINE(k) turns[(k) + OFFKEY_FFT / 4]
#define PLACE(n) (n)

static void swap(float *a, float *b)
{
    float held = *a;
    *a = *b;
    *b = held;
}

static void reverse_bits(float *x)
{
    for (int i = 1, j = 0; i < HALF; i++) {
        int bit = HALF / 2;
        for (; j & bit; bit /= 2)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            swap(x + 2 * i, x + 2 * j);
            swap(x + 2 * i + 1, x + 2 * j + 1);
        }
    }
}

/* Transform the first few values next to each other; return how many. */
static int begin_transform(float *x)
{
    reverse_bits(x);
    for (float *a = x; a < x + OFFKEY_FFT; a += 4) {
        float re = a[2], im = a[3];
        a[2] = a[0] - re;
        a[3] = a[1] - im;
        a[0] += re;
        a[1] += im;
    }
    return 2;
}

