"""Philox 4x32-10 (Salmon et al., SC 2011) as packages/core keys it: counter (index / 4, step, step >> 32, hash of the stream), key of the seed."""

MASK = 2**32 - 1


def philox4x32(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def fnv1a(text):
    value = 0x811C9DC5
    for letter in text:
        value = ((value ^ ord(letter)) * 0x01000193) & MASK
    return value


def philox_uniform(seed, stream, step, index):
    block = philox4x32((index >> 2, step & MASK, step >> 32, fnv1a(stream)), (seed & MASK, seed >> 32))
    return block[index & 3] / 2**32
