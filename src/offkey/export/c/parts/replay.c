/* Replays vectors.h on a computer: 0 where all windows are as they were in Python, else 1. With the name of a file of
 * 16-bit samples, or - for the standard input, it prints its windows; a second argument is the most samples of a block.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "offkey.h"
#include "vectors.h"

static offkey_state state;

static double beside(double found, double expected, double unit)
{
    return fabs(found - expected) / (fabs(expected) > unit ? fabs(expected) : unit);
}

static int replay(void)
{
    int wrong = 0, windows = 0;
    double largest = 0.0;
    const int16_t *sound = vectors_sound;
    const vectors_window *expected = vectors_windows;
    for (int clip = 0; clip < VECTORS_CLIPS; clip++) {
        offkey_init(&state);
        for (uint32_t i = 0; i < vectors_lengths[clip]; i++) {
            if (!offkey_push(&state, sound++, 1))
                continue;
            const offkey_result *r = &state.result;
            double away = beside(r->score, expected->score, VECTORS_UNIT);
            largest = away > largest ? away : largest;
            if (away > 1e-3 || beside(r->p_value, expected->p_value, 1e-3) > 1e-3 ||
                beside(r->surprise, expected->surprise, 1.0) > 1e-3 || r->anomalous != expected->anomalous) {
                printf("clip %d, window %u: score %g, p-value %g, surprise %g, anomalous %d; expected %g, %g, %g, %d\n",
                       clip, (unsigned)r->window, (double)r->score, (double)r->p_value, (double)r->surprise,
                       (int)r->anomalous, (double)expected->score, (double)expected->p_value,
                       (double)expected->surprise, (int)expected->anomalous);
                wrong++;
            }
            windows++;
            expected++;
        }
    }
    printf("%d windows of %d clips, %d of them other than expected; largest relative difference of a score %.1e\n",
           windows, VECTORS_CLIPS, wrong, largest);
    return wrong > 0 || windows != VECTORS_WINDOWS;
}

static int print_windows(FILE *file, size_t most)
{
    static int16_t block[65536];
    size_t n = 0;
    offkey_init(&state);
    while ((n = fread(block, sizeof *block, most, file)) > 0) {
        for (size_t i = 0; i < n;) {
            size_t step = n - i < OFFKEY_HOP ? n - i : OFFKEY_HOP;
            const offkey_result *r = &state.result;
            if (offkey_push(&state, block + i, step))
                printf("%u %d %.9g %.9g %.9g %d %d %u %u %.9g\n", (unsigned)r->window, (int)r->is_scored,
                       (double)r->score, (double)r->p_value, (double)r->surprise, (int)r->anomalous, (int)r->event,
                       (unsigned)r->first, (unsigned)r->last, (double)r->peak);
            i += step;
        }
    }
    return 0;
}

int main(int count, char **arguments)
{
    if (count < 2)
        return replay();
    size_t most = count > 2 ? (size_t)strtoul(arguments[2], NULL, 10) : 4096;
    if (most < 1 || most > 65536)
        return 2;
    if (strcmp(arguments[1], "-") == 0)
        return print_windows(stdin, most);
    FILE *file = fopen(arguments[1], "rb");
    if (file == NULL) {
        fprintf(stderr, "%s cannot be read\n", arguments[1]);
        return 2;
    }
    int status = print_windows(file, most);
    fclose(file);
    return status;
}
