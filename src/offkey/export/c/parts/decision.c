/* Rank among the scores of normal sound, and on beyond the highest of them as a fitted tail falls. */
static void decide(offkey_result *r)
{
    int low = 0, high = N_NORMAL;
    while (low < high) {
        int middle = (low + high) / 2;
        if (normal_scores[middle] < r->score)
            low = middle + 1;
        else
            high = middle;
    }
    r->p_value = (float)(1 + N_NORMAL - low) * (1.0f / (N_NORMAL + 1));
    r->anomalous = r->score > THRESHOLD;
    if (low < N_NORMAL) {
        r->surprise = -logf(r->p_value);
        return;
    }
    float steps = (r->score - normal_scores[N_NORMAL - 1]) * (1.0f / TAIL_STEP);
    if (steps < (float)(N_TAIL - 1)) {
        int below = (int)steps;
        r->surprise = tail[below] + (steps - (float)below) * (tail[below + 1] - tail[below]);
    } else {
        r->surprise = tail[N_TAIL - 1];
    }
}
