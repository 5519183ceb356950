/* What the sketch for Arduino needs of arduino-pico, as its headers declare it. */
#pragma once
#include <cstddef>
#include <cstdint>

enum PinMode { INPUT, OUTPUT };
enum { LOW, HIGH, LED_BUILTIN = 25 };
typedef uint8_t pin_size_t;

void pinMode(pin_size_t pin, PinMode mode);
void digitalWrite(pin_size_t pin, int level);
void delay(unsigned long ms);

struct SerialPort {
    void begin(unsigned long baud);
    size_t print(const char *text);
    size_t print(double number, int digits);
    size_t println(const char *text);
    size_t write(const uint8_t *buffer, size_t size);
};
extern SerialPort Serial;

class I2S {
public:
    I2S(PinMode direction, pin_size_t bclk = 26, pin_size_t data = 28, pin_size_t mclk = 25, pin_size_t data_rx = 22);
    bool setBCLK(pin_size_t pin);
    bool setDATA(pin_size_t pin);
    bool setBitsPerSample(int bps);
    bool setBuffers(size_t buffers, size_t bufferWords, int32_t silenceSample = 0);
    bool begin(long sampleRate);
    bool getOverflow();
    bool read32(int32_t *l, int32_t *r);
};
