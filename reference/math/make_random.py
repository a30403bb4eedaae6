"""Known answers for packages/whetstone/src/math/random, from a second implementation with Python integers.

Philox4x32-10 is checked here against the vectors published with Random123; xoshiro128++ follows the paper.
Run: python3 reference/math/make_random.py
"""
import json
import pathlib
import sys

MASK = 0xFFFFFFFF


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
assert philox([MASK] * 4, [MASK] * 2) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
assert philox([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0]) == [
    0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


def words_of(seed):
    if isinstance(seed, str):
        raw = seed.encode("utf-8")
        padded = raw + b"\0" * (-len(raw) % 4)
        return [1, len(raw)] + [int.from_bytes(padded[i:i + 4], "little") for i in range(0, len(padded), 4)]
    out, rest = [2 if seed < 0 else 0], abs(seed)
    while True:
        out.append(rest & MASK)
        rest >>= 32
        if rest == 0:
            return out


def absorb(identity, words, tag):
    state = list(identity)
    state[0] ^= len(words)
    state = philox(state, [0, tag])
    for block, start in enumerate(range(0, len(words), 4), 1):
        for i, w in enumerate(words[start:start + 4]):
            state[i] ^= w
        state = philox(state, [block, tag])
    return state


def rotl(x, k):
    return ((x << k) | (x >> (32 - k))) & MASK


class Stream:
    def __init__(self, identity):
        self.identity, self.splits = identity, 0
        self.s = philox(identity, [0, 4])

    def next(self):
        s = self.s
        result = (rotl((s[0] + s[3]) & MASK, 7) + s[0]) & MASK
        t = (s[1] << 9) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 11)
        return result

    def unit(self):
        a, b = self.next() >> 5, self.next() >> 6
        return (a * 2**26 + b) / 2**53

    def below(self, n):
        if n <= 2**21:
            while True:
                m = self.next() * n
                if m % 2**32 >= 2**32 % n:
                    return m >> 32
        if n <= 2**32:
            while True:
                x = self.next()
                if x < 2**32 - 2**32 % n:
                    return x % n
        while True:
            x = (self.next() >> 5) * 2**26 + (self.next() >> 6)
            if x < 2**53 - 2**53 % n:
                return x % n

    def split(self, key=None):
        if key is None:
            self.splits += 1
            return Stream(absorb(self.identity, words_of(self.splits - 1), 3))
        return Stream(absorb(self.identity, words_of(key), 2))


def stream(seed):
    return Stream(absorb([0] * 4, words_of(seed), 1))


plain = Stream([0] * 4)
plain.s = [1, 2, 3, 4]
cases = []
for seed in [0, 1, -1, 7, 2**32, 2**53 - 1, -(2**40) - 3, 2**200 + 12345, "", "a", "whetstone", "größe 😀 longer than sixteen bytes"]:
    for path in [[], [0], [None], ["fold", 3], [None, None, "x"], [2**70, -5]]:
        s = stream(seed)
        for key in path:
            s = s.split(key)
        bits = [s.next() for _ in range(6)]
        units = [s.unit() for _ in range(3)]
        ints = [s.below(n) for n in (1, 2, 6, 1000003, 2**21 + 1, 3 * 2**30, 2**32, 2**32 + 1, 2**53 - 1)]
        cases.append(dict(seed=seed if isinstance(seed, str) else {"integer": str(seed)},
                          path=[k if isinstance(k, str) or k is None else {"integer": str(k)} for k in path],
                          bits=bits, units=units, ints=ints))
out = pathlib.Path(__file__).parents[1] / "values" / "math" / "random.json"
out.write_text(json.dumps(dict(versions=dict(python=sys.version.split()[0]),
                               philox=[philox([i, 2 * i, 3, MASK - i], [i, 9]) for i in range(5)],
                               xoshiro1234=[plain.next() for _ in range(10)], cases=cases), indent=1))
