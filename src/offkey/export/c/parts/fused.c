/* The join of three members on the levels of a window: local density in groups of bands, Mahalanobis distance to the
 * nearest clips, and the angle to the clip most alike. */

/* Features whitened and turned back to the bands, by a symmetric matrix of which one half is kept. */
static void whiten(offkey_state *s)
{
    const float *turn = turns_of_bands;
    for (int i = 0; i < OFFKEY_FEATURES; i++) {
        s->seen[i] = 0.0f;
        for (int j = 0; j < i; j++, turn++) {
            s->seen[i] += *turn * s->z[j];
            s->seen[j] += *turn * s->z[i];
        }
        s->seen[i] += *turn++ * s->z[i];
    }
}

/* Put a value among the least, which are in order; return its place, or most where it is none of them. */
static int among_least(float *least, int found, int most, float value)
{
    int place = found < most ? found : most - 1;
    if (found == most && value >= least[most - 1])
        return most;
    for (; place > 0 && least[place - 1] > value; place--)
        least[place] = least[place - 1];
    least[place] = value;
    return place;
}

/* Normalised distance to the nearest clips in each group of bands, of which the highest count. */
static float density(offkey_state *s)
{
    float highest[N_TOP], sum = 0.0f;
    for (int group = 0; group < N_GROUPS; group++) {
        float least[N_NEAREST], mean = 0.0f;
        int first = group_starts[group], width = group_starts[group + 1] - first;
        for (int k = 0; k < N_CLIPS; k++) {
            float apart = sqrtf(square_apart(s->seen + first, clips[k] + first, width)) * per_radius[group][k];
            among_least(least, k < N_NEAREST ? k : N_NEAREST, N_NEAREST, apart);
        }
        for (int k = 0; k < N_NEAREST; k++)
            mean += least[k];
        among_least(highest, group < N_TOP ? group : N_TOP, N_TOP, -mean * (1.0f / N_NEAREST));
    }
    for (int k = 0; k < N_TOP; k++)
        sum -= highest[k];
    return sum * (1.0f / N_TOP);
}

/* Solve A x = b for a symmetric A that is positive definite, in place; b becomes x. */
static void solve(float a[NEIGHBORS][NEIGHBORS], float *b)
{
    for (int i = 0; i < NEIGHBORS; i++) {
        for (int j = 0; j <= i; j++) {
            float rest = a[i][j] - dot(a[i], a[j], j);
            a[i][j] = i == j ? sqrtf(rest) : rest / a[j][j];
        }
        b[i] = (b[i] - dot(a[i], b, i)) / a[i][i];
    }
    for (int i = NEIGHBORS - 1; i >= 0; i--) {
        for (int k = i + 1; k < NEIGHBORS; k++)
            b[i] -= a[k][i] * b[k];
        b[i] /= a[i][i];
    }
}

/* Mahalanobis distance to the clips nearest, beside what these have themselves. */
static float local_mahalanobis(offkey_state *s)
{
    float to[NEIGHBORS], rows[NEIGHBORS], along[NEIGHBORS], kept[NEIGHBORS];
    float to_mean = 0.0f, whole = 0.0f, usually = 0.0f, trace = 0.0f, explained = 0.0f;
    int near[NEIGHBORS];
    for (int k = 0; k < N_NEAR_CLIPS; k++) {
        int found = k < NEIGHBORS ? k : NEIGHBORS;
        int place = among_least(to, found, NEIGHBORS, square_apart(s->seen, near_clips[k], OFFKEY_FEATURES));
        for (int i = found < NEIGHBORS ? found : NEIGHBORS - 1; i > place; i--)
            near[i] = near[i - 1];
        if (place < NEIGHBORS)
            near[place] = k;
    }
    for (int i = 0; i < NEIGHBORS; i++) {
        rows[i] = 0.0f;
        for (int j = 0; j < NEIGHBORS; j++) {
            s->inside[i][j] = i == j ? 0.0f : square_apart(near_clips[near[i]], near_clips[near[j]], OFFKEY_FEATURES);
            rows[i] += s->inside[i][j] * (1.0f / NEIGHBORS);
        }
        to_mean += to[i] * (1.0f / NEIGHBORS);
        whole += rows[i] * (1.0f / NEIGHBORS);
        usually += usual[near[i]] * (1.0f / NEIGHBORS);
    }
    for (int i = 0; i < NEIGHBORS; i++) {
        along[i] = kept[i] = 0.5f * (rows[i] - to[i] + (to_mean - whole));
        for (int j = 0; j < NEIGHBORS; j++)
            s->inside[i][j] = 0.5f * (rows[i] + (rows[j] - whole) - s->inside[i][j]);
        trace += s->inside[i][i];
    }
    float ridge = trace * (SHRINKAGE / (NEIGHBORS * OFFKEY_FEATURES));
    ridge = ridge > LEAST_VARIANCE ? ridge : LEAST_VARIANCE;
    for (int i = 0; i < NEIGHBORS; i++)
        s->inside[i][i] += NEIGHBORS * ridge;
    solve(s->inside, along);
    explained = dot(along, kept, NEIGHBORS);
    float square = (to_mean - 0.5f * whole - explained) / ridge;
    return sqrtf(square > 0.0f ? square : 0.0f) / usually;
}

//angle: /* One less the cosine between magnitudes and those of the clip most alike, by half the square between them. */
//angle: static float spectral_angle(offkey_state *s)
//angle: {
//angle:     float highest = -INFINITY, length = 0.0f, least = INFINITY;
//angle:     for (int i = 0; i < OFFKEY_FEATURES; i++) {
//angle:         s->z[i] = s->z[i] * spreads[i] + means[i];
//angle:         highest = s->z[i] > highest ? s->z[i] : highest;
//angle:     }
//angle:     for (int i = 0; i < OFFKEY_FEATURES; i++) {
//angle:         s->z[i] = exponential((s->z[i] - highest) * 0.1151292546f);
//angle:         length += s->z[i] * s->z[i];
//angle:     }
//angle:     for (int i = 0; i < OFFKEY_FEATURES; i++)
//angle:         s->z[i] /= sqrtf(length);
//angle:     for (int k = 0; k < N_DIRECTIONS; k++) {
//angle:         float apart = 0.5f * square_apart(s->z, directions[k], OFFKEY_FEATURES) + shortness[k];
//angle:         least = apart < least ? apart : least;
//angle:     }
//angle:     return least;
//angle: }
//angle:
static float logarithm(float score)
{
    return logf(score > LEAST_SCORE ? score : LEAST_SCORE);
}

/* Evidence of a fault: logarithm of a mixture of a normal clip and of one that a fault lifts, see the detector fused. */
static float distance(offkey_state *s)
{
    whiten(s);
    float view = CONSTANT + OF_DENSITY * logarithm(density(s)) + OF_MAHALANOBIS * logarithm(local_mahalanobis(s));
    //angle: view += OF_ANGLE * logarithm(spectral_angle(s));
    float fault = LOG_SHARE + RISE * view - RISE * RISE / 2.0f, high = fault, low = LOG_REST;
    if (fault < LOG_REST) {
        high = LOG_REST;
        low = fault;
    }
    return (high + logf(1.0f + exponential(low - high))) * (1.0f / RISE);
}
