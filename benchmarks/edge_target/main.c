/* Counts the instructions of one hop of a stream on a Cortex-M4 that qemu runs, and writes their number by
 * semihosting. One instruction takes one nanosecond of qemu's clock (-icount shift=0), SysTick counts each 40. */
#include <stdint.h>

#include "offkey.h"

#define SYSTICK ((volatile uint32_t *)0xE000E010u)
#define NS_A_TICK 40u

static offkey_state state;
extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[], stack_top[];

static int call(int number, const void *argument)
{
    register int r0 __asm__("r0") = number;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void write_number(uint32_t number)
{
    char text[12], *start = text + 11;
    *start = 0;
    *--start = '\n';
    do
        *--start = (char)('0' + number % 10);
    while (number /= 10);
    call(4, start);
}

static int16_t noise(void)
{
    static uint32_t seed = 1;
    seed = seed * 1664525u + 1013904223u;
    return (int16_t)((int32_t)seed >> 20);
}

void reset(void)
{
    for (uint32_t *to = data_start, *from = data_load; to < data_end;)
        *to++ = *from++;
    for (uint32_t *to = bss_start; to < bss_end;)
        *to++ = 0;
    *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20; /* the floating-point unit */
    __asm__ volatile("dsb\nisb");
    static int16_t block[OFFKEY_HOP];
    offkey_init(&state);
    for (uint32_t i = 0; i < OFFKEY_WINDOW; i++) {
        int16_t sample = noise();
        offkey_push(&state, &sample, 1);
    }
    for (uint32_t i = 0; i < OFFKEY_HOP; i++)
        block[i] = noise();
    SYSTICK[1] = 0xFFFFFFu;
    SYSTICK[2] = 0;
    SYSTICK[0] = 5; /* the processor's clock, no interrupt */
    uint32_t before = SYSTICK[2];
    int whole = offkey_push(&state, block, OFFKEY_HOP);
    uint32_t ticks = (before - SYSTICK[2]) & 0xFFFFFFu;
    write_number(whole == 1 ? ticks * NS_A_TICK : 0);
    call(0x18, (const void *)0x20026); /* end of the program */
    for (;;)
        ;
}

__attribute__((section(".vectors"), used)) static void *const vectors[2] = {stack_top, (void *)reset};
