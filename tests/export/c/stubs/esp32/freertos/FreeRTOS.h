/* What the sketch for ESP32 needs of FreeRTOS. */
#pragma once
#include <stdint.h>
#define portMAX_DELAY UINT32_MAX
