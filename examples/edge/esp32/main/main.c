/* A microphone at an ESP32, whose sound a model of offkey scores, window by window.
 *
 * ESP-IDF 5.0 or later, with its driver of I2S in standard mode; an ESP32 or ESP32-S3, which compute in floats.
 * Microphone: an INMP441 or another with 24 bits over I2S. Copy offkey.h and offkey.c of `offkey export MODEL --target c`
 * beside this file. The model must have learnt sound of this very microphone and gain.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

#include "driver/i2s_std.h"
#include "esp_err.h"
#include "esp_log.h"
#include "freertos/FreeRTOS.h"

#include "offkey.h"

#define PIN_CLOCK GPIO_NUM_4 /* SCK of the microphone */
#define PIN_WORD GPIO_NUM_5  /* WS */
#define PIN_DATA GPIO_NUM_6  /* SD; L/R is at ground, so that it speaks on the left */
#define SHIFT 16             /* of 32 bits to 16; 14 is louder by 12 dB, and clips as much earlier */
#define BLOCK 256

static const char *TAG = "offkey";
static offkey_state state;
static int32_t words[BLOCK];
static int16_t samples[BLOCK];

static i2s_chan_handle_t start_microphone(void)
{
    i2s_chan_handle_t microphone = NULL;
    i2s_chan_config_t channel = I2S_CHANNEL_DEFAULT_CONFIG(I2S_NUM_0, I2S_ROLE_MASTER);
    channel.dma_desc_num = 8;
    channel.dma_frame_num = 1000; /* half a second at 16 kHz, longer than the end of a window takes to score */
    i2s_std_config_t standard = {
        .clk_cfg = I2S_STD_CLK_DEFAULT_CONFIG(OFFKEY_RATE),
        .slot_cfg = I2S_STD_PHILIPS_SLOT_DEFAULT_CONFIG(I2S_DATA_BIT_WIDTH_32BIT, I2S_SLOT_MODE_MONO),
        .gpio_cfg =
            {
                .mclk = I2S_GPIO_UNUSED,
                .bclk = PIN_CLOCK,
                .ws = PIN_WORD,
                .dout = I2S_GPIO_UNUSED,
                .din = PIN_DATA,
            },
    };
    ESP_ERROR_CHECK(i2s_new_channel(&channel, NULL, &microphone));
    ESP_ERROR_CHECK(i2s_channel_init_std_mode(microphone, &standard));
    ESP_ERROR_CHECK(i2s_channel_enable(microphone));
    return microphone;
}

static void tell(const offkey_result *result)
{
    if (!result->is_scored) {
        ESP_LOGW(TAG, "silence: check the microphone and its cable");
        return;
    }
    ESP_LOGI(TAG, "window %" PRIu32 ": score %.3f, p-value %.4f%s", result->window, (double)result->score,
             (double)result->p_value, result->anomalous ? ", anomalous" : "");
    if (result->event == OFFKEY_EVENT_ENDED)
        ESP_LOGW(TAG, "event of the windows %" PRIu32 " to %" PRIu32, result->first, result->last);
}

void app_main(void)
{
    i2s_chan_handle_t microphone = start_microphone();
    offkey_init(&state);
    while (true) {
        size_t read = 0;
        ESP_ERROR_CHECK(i2s_channel_read(microphone, words, sizeof words, &read, portMAX_DELAY));
        size_t n = read / sizeof *words;
        for (size_t i = 0; i < n; i++) {
            int32_t sample = words[i] >> SHIFT;
            samples[i] = (int16_t)(sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample);
        }
        if (offkey_push(&state, samples, n))
            tell(&state.result);
    }
}
