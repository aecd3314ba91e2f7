"""Blobs: bytes by their SHA-256 in a folder, on disk before the row that names them commits."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from bot.errors import NotFound, StorageAway


class FolderBlobs:
    """Implements `bot.ports.Blobs`: ``<folder>/ab/cdef…``, written once and never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lay_out(self) -> None:
        """Make the 256 folders at once: making one costs as much as writing the blob in it."""
        if (self._folder / "ff").is_dir():
            return
        for number in range(256):
            (self._folder / f"{number:02x}").mkdir(parents=True, exist_ok=True)
        _sync_folder(self._folder)

    def put(self, data: bytes) -> str:
        """Store durably before returning; give the SHA-256 in hex."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        try:
            if path.exists():
                # Another writer may have made it this moment and not have synced it yet.
                _sync_folder(path.parent)
            else:
                self._write(path, data)
        except OSError as error:
            raise StorageAway(f"the blob folder {self._folder} takes no writes: {error}") from error
        return name

    def get(self, sha256: str) -> bytes:
        """The bytes; raises NotFound, or StorageAway where the folder cannot be read."""
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(f"blob {sha256} is missing in {self._folder}") from error
        except OSError as error:
            raise StorageAway(f"blob {sha256} cannot be read: {error}") from error

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name[2:]

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        """Write beside, sync, rename, sync the folder: a power cut leaves all or nothing."""
        new_folder = not path.parent.exists()
        if new_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        if new_folder:
            _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
