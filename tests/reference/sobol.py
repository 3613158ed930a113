"""Writes the compact table of direction numbers and the reference points of unscrambled Sobol' sequences.

Needs SciPy (written with 1.17.1), which ships the table new-joe-kuo-6.21201 of S. Joe and F. Y. Kuo (2008):
    python3 tests/reference/sobol.py
Format of src/sample/sobol/joe_kuo.bin: see src/sample/sobol/joe_kuo.md.
"""

import json
import os

import numpy as np
import scipy
from scipy.stats import qmc

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
table = np.load(os.path.join(os.path.dirname(scipy.__file__), "stats", "_sobol_direction_numbers.npz"))

bits = []


def put(value, width):
    assert 0 <= value < 1 << width
    bits.extend((value >> i) & 1 for i in range(width))


# The first dimension is the van der Corput sequence and needs no numbers.
for polynomial, initial in zip(table["poly"][1:].tolist(), table["vinit"][1:].tolist()):
    degree = polynomial.bit_length() - 1
    put(degree, 5)
    put(polynomial >> 1 & (1 << degree - 1) - 1, degree - 1)
    assert initial[0] == 1
    for i in range(1, degree):
        assert initial[i] & 1 == 1
        put(initial[i] >> 1, i)
packed = np.packbits(np.array(bits, dtype=np.uint8), bitorder="little").tobytes()
with open(os.path.join(root, "src", "sample", "sobol", "joe_kuo.bin"), "wb") as file:
    file.write(packed)

# SciPy walks in the order of Gray's code: its point n is point n XOR (n >> 1) here. Points are whole numbers of 2^-32.
dimensions = [1, 2, 3, 4, 5, 10, 37, 100, 500, 1111, 2000, 5000, 10000, 15000, 21200, 21201]
numbers = list(range(16)) + [255, 256, 1000, 4095, 20000, 65535, 65536, 2**18 - 1]


def gray_to_binary(gray):
    for shift in (1, 2, 4, 8, 16):
        gray ^= gray >> shift
    return gray


points = {}
engine = qmc.Sobol(d=21201, scramble=False, bits=32)
for place, number in sorted((gray_to_binary(number), number) for number in numbers):
    if place > engine.num_generated:
        engine.fast_forward(place - engine.num_generated)
    row = engine.random(1)[0]
    points[number] = [int(row[dimension - 1] * 2**32) for dimension in dimensions]
with open(os.path.join(root, "tests", "reference", "sobol.json"), "w") as file:
    json.dump({"source": "scipy.stats.qmc.Sobol(d=21201, scramble=False, bits=32)", "scipy": scipy.__version__,
               "dimensions": dimensions, "numbers": numbers, "points": [points[number] for number in numbers]}, file)
    file.write("\n")
