/* Error by which the network reconstructs the features. */
static float distance(offkey_state *s)
{
    return reconstruct(s, s->z);
}
