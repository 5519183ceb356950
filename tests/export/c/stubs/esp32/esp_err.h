/* What the sketch for ESP32 needs of ESP-IDF's errors. */
#pragma once
typedef int esp_err_t;
void stub_check(esp_err_t error);
#define ESP_ERROR_CHECK(error) stub_check(error)
