static float decibels(float power)
{
    return 4.342944819f * logf(power > LEAST_POWER ? power : LEAST_POWER);
}
