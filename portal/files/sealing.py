"""Bytes of a file as a stream: sealed piece by piece with Tink's streaming AEAD, opened piece by piece; pure."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from tink import TinkError, proto_keyset_format, secret_key_access, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

from portal.kernel.crypto import KEY_BYTES, CannotOpen

# What Tink reads or writes at once, and therefore about what one stream holds in memory.
SEGMENT = 2**20
PIECE = 2**18
_TYPE = "type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey"

streaming_aead.register()


def _aead(key: bytes) -> streaming_aead.StreamingAead:
    """AES256-GCM-HKDF-1MB over a key of ours: Tink derives a new key for each stream from it and a salt."""
    params = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
        ciphertext_segment_size=SEGMENT, derived_key_size=KEY_BYTES, hkdf_hash_type=common_pb2.SHA256
    )
    value = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(version=0, key_value=key, params=params)
    data = tink_pb2.KeyData(
        type_url=_TYPE, value=value.SerializeToString(), key_material_type=tink_pb2.KeyData.SYMMETRIC
    )
    one = tink_pb2.Keyset.Key(key_data=data, status=tink_pb2.ENABLED, key_id=1, output_prefix_type=tink_pb2.RAW)
    keyset = tink_pb2.Keyset(primary_key_id=1, key=[one])
    handle = proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return handle.primitive(streaming_aead.StreamingAead)


class _Sink(io.RawIOBase):
    """Where Tink writes to; emptied between two pieces."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        written = bytes(data)  # type: ignore[call-overload] # any buffer, as RawIOBase says
        self._written.append(written)
        return len(written)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = b"".join(self._written)
        self._written.clear()
        return found


class _Source(io.RawIOBase):
    """Pieces of any size as something to read from."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left = memoryview(bytes(piece))
        size = len(self._left) if size < 0 else size
        found, self._left = bytes(self._left[:size]), self._left[size:]
        return found


def seal(key: bytes, pieces: Iterable[bytes], where: bytes) -> Iterator[bytes]:
    """The sealed stream of plain pieces, for one place; a few pieces are held at a time."""
    sink = _Sink()
    stream = _aead(key).new_encrypting_stream(sink, where)
    for piece in pieces:
        stream.write(piece)
        if made := sink.taken():
            yield made
    stream.close()
    yield sink.taken()


def unseal(key: bytes, pieces: Iterable[bytes], where: bytes) -> Iterator[bytes]:
    """The plain bytes of a sealed stream in pieces of PIECE; each was authenticated before it is given out.

    Raises kernel.crypto.CannotOpen, at its end at the latest, for anything but the whole of what was sealed there.
    """
    try:
        stream = _aead(key).new_decrypting_stream(_Source(pieces), where)
        while piece := stream.read(PIECE):
            yield piece
    except TinkError:
        raise CannotOpen from None
