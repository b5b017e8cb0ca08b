"""The seal of our HDF5 files, as sealed_file.hpp describes it: for importers and tools in Python."""

import struct
from pathlib import Path

import xxhash

USER_BLOCK_BYTES = 512
BULK_BLOCK_BYTES = 1 << 20
MAGIC = b"sslslr\r\n"
VERSION = 1


def block_checksums(data):
    """XXH3-64 of each MiB of a bytes-like object, the last block shorter."""
    view = memoryview(data).cast("B")
    return [
        xxhash.xxh3_64_intdigest(view[start : start + BULK_BLOCK_BYTES])
        for start in range(0, len(view), BULK_BLOCK_BYTES)
    ]


def _content_checksum(path, bulk_offset, bulk_bytes):
    checksum = xxhash.xxh3_64()
    with open(path, "rb") as file:
        stretches = [(USER_BLOCK_BYTES, path.stat().st_size)]
        if bulk_bytes:
            stretches = [(USER_BLOCK_BYTES, bulk_offset), (bulk_offset + bulk_bytes, path.stat().st_size)]
        for begin, end in stretches:
            file.seek(begin)
            while begin < end:
                piece = file.read(min(BULK_BLOCK_BYTES, end - begin))
                if not piece:
                    raise ValueError(f"{path}: ends at byte {begin}, expected {end}")
                checksum.update(piece)
                begin += len(piece)
    return checksum.intdigest()


def _user_block(path, bulk_offset, bulk_bytes):
    fields = struct.pack(
        "<8s5Q",
        MAGIC,
        VERSION,
        path.stat().st_size,
        bulk_offset,
        bulk_bytes,
        _content_checksum(path, bulk_offset, bulk_bytes),
    ).ljust(USER_BLOCK_BYTES - 8, b"\0")
    return fields + struct.pack("<Q", xxhash.xxh3_64_intdigest(fields))


def seal(path, bulk_offset=0, bulk_bytes=0):
    """Fills the user block of a closed HDF5 file that was created with userblock_size=512.

    bulk_offset, bulk_bytes: the data that have their own block checksums; none by default.
    """
    path = Path(path)
    block = _user_block(path, bulk_offset, bulk_bytes)
    with open(path, "r+b") as file:
        file.seek(USER_BLOCK_BYTES)
        if file.read(8) != b"\x89HDF\r\n\x1a\n":
            raise ValueError(f"{path}: no HDF5 content from byte {USER_BLOCK_BYTES} on: "
                             "create it with userblock_size=512")
        file.seek(0)
        file.write(block)


def verify(path):
    """Raises ValueError unless the file is sealed and every byte of it
    except the bulk is as it was sealed."""
    path = Path(path)
    with open(path, "rb") as file:
        block = file.read(USER_BLOCK_BYTES)
    if len(block) < USER_BLOCK_BYTES or not block.startswith(MAGIC):
        raise ValueError(f"{path}: not sealed")
    _, version, file_bytes, bulk_offset, bulk_bytes, _ = struct.unpack_from("<8s5Q", block)
    if version != VERSION or file_bytes != path.stat().st_size:
        raise ValueError(f"{path}: expected seal version {VERSION} and {file_bytes} bytes, "
                         f"found {version} and {path.stat().st_size}")
    if bulk_offset + bulk_bytes > file_bytes or block != _user_block(path, bulk_offset, bulk_bytes):
        raise ValueError(f"{path}: damaged; copy it again from its source")
