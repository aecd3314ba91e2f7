"""Blobs: named by their content, whole or not there, written by anyone at once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import NotFound, StorageAway
from storage.blobs import FolderBlobs
from tests.servers.process import TREE


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 5000])
def test_bytes_come_back_by_their_sha256(tmp_path: Path, data: bytes) -> None:
    blobs = FolderBlobs(tmp_path / "not" / "there" / "yet")
    name = blobs.put(data)
    assert name == hashlib.sha256(data).hexdigest()
    assert blobs.get(name) == data


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    assert blobs.put(b"x") == blobs.put(b"x") == FolderBlobs(tmp_path).put(b"x")
    assert len(files(tmp_path)) == 1


def test_many_writers_of_the_same_bytes_leave_one_whole_blob(tmp_path: Path) -> None:
    data, start = os.urandom(2_000_000), threading.Barrier(6)

    def put(_: int) -> str:
        start.wait()
        return FolderBlobs(tmp_path).put(data)

    with ThreadPoolExecutor(6) as pool:
        (name,) = set(pool.map(put, range(6)))
    assert FolderBlobs(tmp_path).get(name) == data
    assert len(files(tmp_path)) == 1


def test_a_missing_blob_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        FolderBlobs(tmp_path).get("ab" * 32)


def test_a_writer_that_dies_leaves_no_half_blob(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from storage import blobs\n"
        "blobs.os.fsync = lambda _descriptor: os._exit(9)\n"
        "blobs.FolderBlobs(Path(sys.argv[1])).put(b'x' * 100_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path], cwd=TREE, check=False)
    assert done.returncode == 9
    blobs = FolderBlobs(tmp_path)
    with pytest.raises(NotFound):
        blobs.get(hashlib.sha256(b"x" * 100_000).hexdigest())
    assert blobs.get(blobs.put(b"x" * 100_000)) == b"x" * 100_000


def test_a_folder_that_takes_nothing_is_storage_away(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(StorageAway):
        FolderBlobs(blocked).put(b"x")
    with pytest.raises(StorageAway):
        FolderBlobs(blocked).get("ab" * 32)


def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StorageAway, match="No space left"):
        FolderBlobs(tmp_path).put(b"x")
    assert files(tmp_path) == []
