"""Pickles of arrays are read, pickles of anything else are refused without being run."""

import os
import pickle
import struct
import tempfile
import time
import unittest

import numpy as np
from readers import FIXTURES

import array_pickle  # in io/corpus/python, which readers.py adds to the path

ARRAYS = [
    np.arange(12).reshape(3, 4).astype(kind)
    for kind in ("f2", "f4", "f8", ">f8", "i1", "i2", "i8", "u1", "u4", "bool")
] + [np.zeros((0, 75, 3)), np.array(2.5), np.asfortranarray(np.arange(6.0).reshape(2, 3)),
     np.arange(20.0)[::3]]


class Calls:
    """When pickled, calls a function as soon as it is read."""

    def __init__(self, function, *arguments):
        self._call = function, arguments

    def __reduce__(self):
        return self._call


class Described:
    """When pickled, is an array whose shape, type and content may contradict each other."""

    def __init__(self, shape, dtype, content):
        self._state = 1, shape, np.dtype(dtype), False, content

    def __reduce__(self):
        function, arguments = np.zeros(1).__reduce__()[:2]
        return function, arguments, self._state


class ArrayPickle(unittest.TestCase):
    def refused(self, content, *words):
        with self.assertRaises(array_pickle.UnsafePickle) as caught:
            array_pickle.loads(content)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_arrays_of_every_protocol_equal_what_was_pickled(self):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for array in ARRAYS:
                with self.subTest(protocol=protocol, dtype=array.dtype, shape=array.shape):
                    read = array_pickle.loads(
                        pickle.dumps({"a": array, "n": (1, 2.5, None, "x")}, protocol))["a"]
                    self.assertEqual(read.dtype, array.dtype)
                    np.testing.assert_array_equal(read, array)

    def test_arrays_of_older_numpy_are_read(self):
        content = pickle.dumps(ARRAYS[0], 2).replace(b"numpy._core", b"numpy.core")
        np.testing.assert_array_equal(array_pickle.loads(content), ARRAYS[0])

    def test_a_malicious_pickle_does_nothing_and_is_refused_by_name(self):
        content = (FIXTURES / "malicious" / "clip.pkl").read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            before = os.getcwd()
            os.chdir(folder)
            try:
                self.refused(content, "posix.mkdir")
                self.assertEqual(os.listdir(), [])
                pickle.loads(content)  # what would have happened otherwise
                self.assertEqual(os.listdir(), ["created-by-a-pickle"])
            finally:
                os.chdir(before)

    def test_functions_of_all_kinds_are_refused_by_name(self):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for function in (eval, os.system, np.load, getattr, pickle.loads):
                with self.subTest(protocol=protocol, function=function.__name__):
                    self.refused(pickle.dumps({"keypoints": Calls(function, "1")}, protocol),
                                 function.__name__)
        self.refused(b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93.", "ndarray.tofile")
        self.refused(pickle.dumps(np.float64(1)), "scalar")

    def test_shapes_that_do_not_fit_the_bytes_are_refused(self):
        for shape in ((10**12,), (2**32, 2**32), (3,), (-1,), (1, 1.0), "ab", None):
            self.refused(pickle.dumps(Described(shape, "f8", b"\0" * 8)), "expected")
        self.refused(pickle.dumps(Described((1,), "f8", [1.0])), "objects")
        self.refused(pickle.dumps(np.array([None, "x"], object)), "objects")
        self.refused(pickle.dumps(Described((1,), "S8", b"\0" * 8)), "type")

    def test_few_bytes_do_not_make_it_allocate_or_compute_much(self):
        start = time.process_time()
        self.refused(b"\x80\x04Nr" + struct.pack("<I", 2**31) + b".", "more values")
        nested = b"\x80\x04)\x94" + b"".join(b"h%c" % n * 2 + b"\x86\x94" for n in range(60))
        self.refused(b"\x80\x04}" + nested[2:] + b"Ns.", "tuples")
        self.refused(b"\x80\x04)" + b"2\x86" * 60 + b".", "tuples")
        text = pickle.dumps("x" * 100_000, 2)[:-1] + b"0"
        again = b"c_codecs\nencode\nh\x00X\x06\x00\x00\x00latin1\x86R0"
        self.refused(text + again * 500 + b"N.", "once")
        self.refused(b"\x80\x04" + b"N0" * 10_000 + b"N.", "operations")
        self.assertLess(time.process_time() - start, 5)

    def test_dictionaries_shared_at_every_level_are_refused(self):
        value = {"x": np.zeros(1)}
        for _ in range(18):
            value = {number: value for number in range(100)}
        start = time.process_time()
        self.refused(pickle.dumps(value), "shared too often")
        self.assertLess(time.process_time() - start, 60, "a hang, not a matter of speed")

    def test_damaged_pickles_raise_nothing_but_the_refusal(self):
        rng = np.random.default_rng(5)
        for protocol in (0, 2, 4, 5):
            content = pickle.dumps({"keypoints": np.arange(30.0), "confidences": np.ones(3)}, protocol)
            for end in range(len(content)):
                self.refused(content[:end])
            for _ in range(2000):
                damaged = bytearray(content)
                for place in rng.integers(0, len(content), 3):
                    damaged[place] = rng.integers(256)
                try:
                    array_pickle.loads(bytes(damaged))
                except array_pickle.UnsafePickle:
                    pass


if __name__ == "__main__":
    unittest.main()
