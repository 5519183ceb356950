/* A microphone at a Raspberry Pi Pico 2, whose sound a model of offkey scores, window by window.
 *
 * Board: arduino-pico (https://github.com/earlephilhower/arduino-pico), a Pico 2: it computes in floats. Microphone: an
 * INMP441 or another with 24 bits over I2S. Copy offkey.h and offkey.c of `offkey export MODEL --target c` beside this
 * file. The model must have learnt sound of this very microphone and gain: with RECORD true, the sketch writes the
 * samples to the serial port instead, 16 bits each, from which a computer makes the recordings to fit on.
 */
#include <I2S.h>

#include "offkey.h"

static const bool RECORD = false;
static const int PIN_CLOCK = 20;  /* SCK of the microphone; WS is at the next pin, 21 */
static const int PIN_DATA = 22;   /* SD; L/R is at ground, so that it speaks on the left */
static const int SHIFT = 16;      /* of 32 bits to 16; 14 is louder by 12 dB, and clips as much earlier */

static I2S microphone(INPUT);
static offkey_state state;
static int16_t block[256];

static int16_t sample_of(int32_t word)
{
    int32_t sample = word >> SHIFT;
    return (int16_t)(sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample);
}

static void tell(const offkey_result &result)
{
    if (!result.is_scored) {
        Serial.println("silence: check the microphone and its cable");
        return;
    }
    Serial.print("score ");
    Serial.print(result.score, 3);
    Serial.print(", p-value ");
    Serial.print(result.p_value, 4);
    Serial.println(result.anomalous ? ", anomalous" : "");
    if (result.event == OFFKEY_EVENT_GOES_ON)
        digitalWrite(LED_BUILTIN, HIGH);
    else
        digitalWrite(LED_BUILTIN, result.anomalous ? HIGH : LOW);
}

void setup()
{
    Serial.begin(921600);
    pinMode(LED_BUILTIN, OUTPUT);
    offkey_init(&state);
    microphone.setBCLK(PIN_CLOCK);
    microphone.setDATA(PIN_DATA);
    microphone.setBitsPerSample(32);
    microphone.setBuffers(16, 512); /* half a second, longer than the end of a window takes to score */
    while (!microphone.begin(OFFKEY_RATE)) {
        Serial.println("I2S does not start: check the pins");
        delay(1000);
    }
}

void loop()
{
    const size_t n = sizeof block / sizeof *block;
    for (size_t i = 0; i < n; i++) {
        int32_t left = 0, right = 0;
        microphone.read32(&left, &right);
        block[i] = sample_of(left);
    }
    if (microphone.getOverflow()) {
        Serial.println("sound was lost: begin again");
        offkey_init(&state);
    }
    if (RECORD)
        Serial.write((const uint8_t *)block, sizeof block);
    else if (offkey_push(&state, block, n))
        tell(state.result);
}
