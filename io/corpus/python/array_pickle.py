"""Unpickles containers, numbers, texts and NumPy arrays, and refuses anything else.

A pickle may call any function of any module, so pickle.load of a file from elsewhere runs its author's
program. Here only functions of this file are called. They replace those that NumPy's arrays are pickled with,
and keep shape, type and bytes. The memory that is allocated is proportional to the size of the file.
"""

import io
import pickle
import pickletools

import numpy as np

MOST_OPERATIONS = 10_000  # a few arrays take dozens
CORES = ("numpy.core", "numpy._core")


class UnsafePickle(Exception):
    """A pickle that is damaged or contains more than arrays."""


class _Type:
    """Replaces numpy.dtype("f8", ...); unpickling then sets its byte order."""

    def __init__(self, code, *_):
        if not isinstance(code, str):
            raise UnsafePickle("expected the name of a type, found something else")
        self._code = code
        self._order = "="

    def __setstate__(self, state):
        if len(state) < 2 or state[1] not in ("<", ">", "|", "="):
            raise UnsafePickle("expected a byte order of an array, found something else")
        self._order = state[1]

    def dtype(self):
        if self._code not in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"):
            raise UnsafePickle(f"expected arrays of numbers, found the type '{self._code[:40]}'")
        return np.dtype(self._order + self._code)


class _Array:
    """Replaces an array: first empty, then with its state (version, shape, type, Fortran order, bytes)."""

    def __init__(self):
        self._state = None

    def __setstate__(self, state):
        if len(state) != 5:
            raise UnsafePickle("expected an array's five fields, found something else")
        self._state = state[1:]

    def array(self):
        if self._state is None:
            raise UnsafePickle("expected an array's shape and bytes, found none")
        return _array_of(*self._state)


def _array_of(shape, kind, is_fortran, content):
    if not isinstance(kind, _Type) or not isinstance(content, (bytes, bytearray)):
        raise UnsafePickle("expected arrays of numbers, found an array of objects")
    if not isinstance(shape, tuple) or not all(type(length) is int and length >= 0 for length in shape):
        raise UnsafePickle("expected the shape of an array, found something else")
    dtype = kind.dtype()
    values = 1
    for length in shape:
        values *= length
    if values * dtype.itemsize != len(content):
        raise UnsafePickle(
            f"expected {values * dtype.itemsize} bytes for {dtype} of the shape {list(shape)}, "
            f"found {len(content)}"
        )
    return np.frombuffer(content, dtype).reshape(shape, order="F" if is_fortran else "C")


class _Unpickler(pickle.Unpickler):
    def __init__(self, content):
        super().__init__(io.BytesIO(content))
        self._room = len(content)  # for copies of texts: a pickle may refer to one text many times

    def find_class(self, module, name):
        if name == "_reconstruct" and module in [core + ".multiarray" for core in CORES]:
            return lambda kind, shape, code: _Array()
        if name == "_frombuffer" and module in [core + ".numeric" for core in CORES]:
            return self._from_buffer
        if (module, name) == ("numpy", "ndarray"):
            return "numpy.ndarray"  # only named, never called
        if (module, name) == ("numpy", "dtype"):
            return _Type
        if (module, name) == ("_codecs", "encode"):
            return self._encode
        if (module, name) == ("__builtin__", "bytes"):
            return lambda: b""  # the content of an empty array in old protocols
        raise UnsafePickle(f"expected nothing but arrays, found {module}.{name}")

    def _from_buffer(self, content, kind, shape, order):
        array = _Array()
        array.__setstate__((1, shape, kind, order == "F", content))
        return array

    def _encode(self, text, encoding):
        self._room -= len(text)
        if encoding != "latin1" or self._room < 0:
            raise UnsafePickle("expected bytes written once as a text, found something else")
        return text.encode("latin1")


def _check_operations(content):
    """Refuses operations that cost the unpickler much time or memory for few bytes."""
    places = set()
    tuples = set()
    previous = ""
    for number, (operation, argument, _) in enumerate(pickletools.genops(content)):
        name = operation.name
        if name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            place = len(places) if name == "MEMOIZE" else argument
            places.add(place)
            if previous.endswith(("TUPLE", "TUPLE1", "TUPLE2", "TUPLE3")):
                tuples.add(place)
            if place >= MOST_OPERATIONS:  # the unpickler allocates memory up to the largest number
                raise UnsafePickle("expected a few arrays, found more values than they need")
        if number >= MOST_OPERATIONS:
            raise UnsafePickle("expected a few arrays, found more operations than they need")
        if name == "DUP" or (name in ("GET", "BINGET", "LONG_BINGET") and argument in tuples):
            # Hashing tuples that are nested and shared takes exponential time.
            raise UnsafePickle("expected tuples that are used once, found one used again")
        previous = name


def _with_arrays(value, visited, depth=0):
    """Returns the value with NumPy arrays. Shared parts count at each use:
    nested, they grow exponentially."""
    visited.append(None)
    if depth > 20 or len(visited) > MOST_OPERATIONS:
        raise UnsafePickle("expected a few arrays, found them nested too deep or shared too often")
    if isinstance(value, _Array):
        return value.array()
    if isinstance(value, dict):
        return {key: _with_arrays(each, visited, depth + 1) for key, each in value.items()}
    return value


def loads(content):
    """Returns the value of a pickle: dictionaries that hold read-only arrays.

    Raises only UnsafePickle, for any other content.
    """
    try:
        _check_operations(content)
        return _with_arrays(_Unpickler(content).load(), [])
    except UnsafePickle:
        raise
    except Exception as error:
        raise UnsafePickle("expected a pickle, found damaged content: "
                           f"{type(error).__name__}: {error}") from None
