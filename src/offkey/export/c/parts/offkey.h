/* @TITLE@
 *
 * This file and offkey.c are free of licence: their code is dedicated to the public domain (CC0 1.0, to be found at
 * https://creativecommons.org/publicdomain/zero/1.0/), without any warranty. The tables in offkey.c are yours.
 *
 * Sound is one channel of 16-bit samples at OFFKEY_RATE. Push it as it comes, in blocks of any length:
 *
 *     static offkey_state state;
 *     offkey_init(&state);
 *     for (;;) {
 *         size_t n = read_microphone(block);
 *         if (offkey_push(&state, block, n) && state.result.anomalous)
 *             ...
 *     }
 *
 * Blocks of at most OFFKEY_HOP samples make no window be missed. Nothing is allocated, nothing is printed; of the
 * mathematical library sqrtf and logf are called. Several states can be fed side by side.
 */
#ifndef OFFKEY_H
#define OFFKEY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

@DEFINES@

enum { OFFKEY_NO_EVENT, OFFKEY_EVENT_GOES_ON, OFFKEY_EVENT_ENDED };

/* A window of OFFKEY_WINDOW samples, of which one ends every OFFKEY_HOP samples. */
typedef struct {
    uint32_t window;   /* its number, from 0 */
    int32_t is_scored; /* 0 for digital silence: then there is no score, and it is not anomalous */
    float score;       /* higher is more anomalous */
    float p_value;     /* chance that normal sound scores this high */
    float surprise;    /* negative logarithm of the p-value, and on beyond the normal scores, up to 30 */
    int32_t anomalous; /* whether the score is above the threshold */
    int32_t event;     /* OFFKEY_NO_EVENT, OFFKEY_EVENT_GOES_ON or, once, OFFKEY_EVENT_ENDED */
    uint32_t first;    /* first window of the event */
    uint32_t last;     /* its last window so far */
    float peak;        /* its highest average of surprises */
} offkey_result;

/* All that is remembered of a stream; only the result is meant to be read. */
typedef struct {
    offkey_result result; /* of the newest window */
@STATE@
} offkey_state;

/* Begin a stream. */
void offkey_init(offkey_state *state);

/* Take n more samples; return how many windows became whole, of which state->result is the last. */
int offkey_push(offkey_state *state, const int16_t *samples, size_t n);

#ifdef __cplusplus
}
#endif
#endif
