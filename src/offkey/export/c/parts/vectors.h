/* Sound, and what Python makes of its windows. Free of licence, see offkey.h; the sound is yours. */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdint.h>

#define VECTORS_CLIPS {clips}
#define VECTORS_WINDOWS {windows}
#define VECTORS_UNIT {unit} /* about how much normal scores differ: a difference counts beside it or the score */

typedef struct {{
    float score, p_value, surprise;
    int anomalous;
}} vectors_window;

static const uint32_t vectors_lengths[VECTORS_CLIPS] = {{{lengths}}};

static const vectors_window vectors_windows[VECTORS_WINDOWS] = {{
{rows}
}};

static const int16_t vectors_sound[] = {{
{samples}
}};

#endif
