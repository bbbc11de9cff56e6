"""The file `data.key` in ESCHER_HOME: made on first use, opened, wrapped anew, and carried through a rotation. Edge.

Law: at any moment, after any crash, the file on the disk opens with keys that exist. A new record takes the place of the old one only after it
was read back from the disk and opened; a wrapping key is forgotten only after that.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hmac
import os
import secrets
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from pathlib import Path

from engine.clock import Clock
from engine.errors import Corrupted, Refused, StoreError, WrongKey
from engine.secrets.derive import KEY_BYTES, Keys, id_of
from engine.secrets.file import put_in_place, read_private, write_private
from engine.secrets.ring import FOLDER_BYTES, Kept, Record, Ring, Rotation, checked, from_bytes, holds, to_bytes
from engine.secrets.store import Context, KeyStore

WRAPPED_FILE = "data.key"
_WAITS_S, _TURN_S = 30.0, 0.05


class DataKeyFile:
    """The data keys of a folder, wrapped by a store. Changes take turns, between processes too."""

    def __init__(self, home: Path, store: KeyStore, clock: Clock) -> None:
        self.path = home / WRAPPED_FILE
        self._store = store
        self._clock = clock

    async def open(self) -> Ring:
        """The keys; made where there is no file yet. Raises SettingsError, WrongKey, Corrupted, CloudError, DiskFull."""
        record = await self.record()
        if record is None:
            async with self._turn():
                record = await self.record()
                if record is None:
                    await self._store.ensure()
                    record, _ = await self._write(self._store, await self._made(), {})
        return _ring(record, await self._unwrapped(self._store, record))

    async def record(self) -> Record | None:
        """What the file says, without opening any key; None where there is none. Raises SettingsError, Corrupted."""
        try:
            data = await asyncio.to_thread(read_private, self.path)
        except FileNotFoundError:
            return None
        return from_bytes(data, str(self.path))

    async def rewrap(self, to: KeyStore) -> str:
        """Hands the data keys to another store, or to a fresh key of the same one. Nothing else is encrypted anew.

        Answers what people must still do about the old wrapping key, or "". Raises what `open` and the new store raise; then the old record
        stands.
        """
        async with self._turn():
            record, keys = await self._opened()
            await to.ensure(renew=(to.name, to.place) == (self._store.name, self._store.place))
            folder = record.folder or secrets.token_hex(FOLDER_BYTES)
            current = record.current or next(iter(keys))
            made = {key_id: record.keys.get(key_id, Kept("", {})).made for key_id in keys}
            wrapped = {key_id: Kept(made[key_id], await to.wrap(key, Context(folder, key_id))) for key_id, key in keys.items()}
            record = Record(folder, to.name, self._now(), current, wrapped, record.rotation)
            await self._write(to, record, keys)
            old, self._store = self._store, to
            needed = [kept.wrapped for kept in wrapped.values()] if (old.name, old.place) == (to.name, to.place) else []
            return await old.retire(needed)

    async def begin(self, parts: Collection[str]) -> Ring:
        """Adds a new data key, current from now on, for a rotation of these parts; a rotation under way is taken up instead.

        Raises Refused when that one still has a part which is not among them: its old key could never be dropped rightly.
        """
        async with self._turn():
            record, keys = await self._opened()
            if record.rotation:
                if lost := sorted(set(record.rotation.left) - set(parts)):
                    raise Refused(
                        f"A rotation of the data key is under way, and {', '.join(lost)} cannot be rotated here.",
                        hint="Go on with the version of Escher that began it.",
                    )
                return _ring(record, keys)
            if not record.folder:
                record = await self._lifted(record, keys)
            key = _fresh_key(keys)
            new = id_of(key)
            kept = Kept(self._now(), await self._store.wrap(key, record.context(new)))
            rotation = Rotation(record.current, new, self._now(), tuple(parts))
            record = replace(record, current=new, keys={**record.keys, new: kept}, rotation=rotation)
            return _ring(*await self._write(self._store, record, {**keys, new: key}))

    async def through(self, part: str) -> Ring:
        """Notes that nothing old is left in a part."""
        async with self._turn():
            record, keys = await self._opened()
            rotation = _under_way(record)
            done = (*(name for name in rotation.done if name != part), part)
            record = replace(record, rotation=replace(rotation, done=done))
            return _ring(*await self._write(self._store, record, keys))

    async def end(self) -> Ring:
        """Drops the old key: from now on nothing opens what it sealed. Raises Refused while a part is left."""
        async with self._turn():
            record, keys = await self._opened()
            rotation = _under_way(record)
            if rotation.left:
                raise Refused(f"The old data key is still needed by {', '.join(rotation.left)}.")
            kept = {key_id: one for key_id, one in record.keys.items() if key_id != rotation.old}
            record = replace(record, keys=kept, rotation=None)
            return _ring(*await self._write(self._store, record, {key_id: keys[key_id] for key_id in kept}))

    async def _opened(self) -> tuple[Record, dict[str, bytes]]:
        record = await self.record()
        if record is None:
            raise WrongKey(
                f"There is no {self.path}.", hint="Put it back from a backup; a new folder gets one with the first `escher scan`."
            )
        return record, await self._unwrapped(self._store, record)

    async def _unwrapped(self, store: KeyStore, record: Record) -> dict[str, bytes]:
        """The data keys by id. Raises WrongKey, Corrupted and what the store raises."""
        if record.store != store.name:
            raise WrongKey(
                f"The data key in {self.path} is wrapped by `estate.key: {record.store}`, and the settings say `{store.name}`.",
                hint="Change the setting back, or put back the `data.key` that goes with it.",
            )
        opened: dict[str, bytes] = {}
        for key_id, kept in record.keys.items():
            key = await store.unwrap(kept.wrapped, record.context(key_id))
            if len(key) != KEY_BYTES or key_id not in ("", id_of(key)):
                raise self._changed()
            opened[id_of(key)] = key
        if not holds(record, Keys(opened[record.current or next(iter(opened))])):
            raise self._changed()
        return opened

    def _changed(self) -> Corrupted:
        return Corrupted(f"{self.path} is not what was written there.", what=str(self.path), hint="Put it back from a backup.")

    async def _made(self) -> Record:
        key, folder = secrets.token_bytes(KEY_BYTES), secrets.token_hex(FOLDER_BYTES)
        wrapped = await self._store.wrap(key, Context(folder, id_of(key)))
        record = Record(folder, self._store.name, self._now(), id_of(key), {id_of(key): Kept(self._now(), wrapped)})
        return checked(record, Keys(key))

    async def _lifted(self, record: Record, keys: dict[str, bytes]) -> Record:
        """A record of format 1 as one of format 2: the same key, bound to the folder from now on."""
        ((key_id, key),) = keys.items()
        folder = secrets.token_hex(FOLDER_BYTES)
        return Record(folder, record.store, self._now(), key_id, {key_id: Kept("", await self._store.wrap(key, Context(folder, key_id)))})

    async def _write(self, store: KeyStore, record: Record, keys: dict[str, bytes]) -> tuple[Record, dict[str, bytes]]:
        """Puts a record in place, after it was read back and opened; `keys` are those it must give, none for a first one."""
        if keys:
            record = checked(record, Keys(keys[record.current]))
        fresh = self.path.with_name(f"{WRAPPED_FILE}.new")
        await asyncio.to_thread(write_private, fresh, to_bytes(record))
        written = from_bytes(await asyncio.to_thread(read_private, fresh), str(fresh))
        opened = await self._unwrapped(store, written)
        if keys and not _same(opened, keys):
            raise self._changed()
        await asyncio.to_thread(put_in_place, fresh, self.path)
        return written, opened

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """The folder's lock: one process at a time makes or changes keys. Raises StoreError when another does so for too long."""
        path = self.path.with_name(f"{WRAPPED_FILE}.lock")
        file = await asyncio.to_thread(_lock_file, path)
        try:
            await self._wait_for(file)
            yield
        finally:
            os.close(file)

    async def _wait_for(self, file: int) -> None:
        for _ in range(round(_WAITS_S / _TURN_S)):
            if _taken(file):
                return
            await asyncio.sleep(_TURN_S)
        raise StoreError(f"Another process has been changing {self.path} for {_WAITS_S:.0f} s.", hint="Repeat when it is done.")

    def _now(self) -> str:
        return self._clock.now().isoformat()


def _ring(record: Record, keys: dict[str, bytes]) -> Ring:
    current = record.current or next(iter(keys))
    others = tuple(Keys(key) for key_id, key in keys.items() if key_id != current)
    return Ring(record.folder, Keys(keys[current]), others, record.rotation)


def _under_way(record: Record) -> Rotation:
    if record.rotation is None:
        raise Refused("No rotation of the data key is under way.")
    return record.rotation


def _fresh_key(keys: Collection[str]) -> bytes:
    """A new data key whose id is not taken."""
    while id_of(key := secrets.token_bytes(KEY_BYTES)) in keys:
        pass
    return key


def _same(opened: dict[str, bytes], keys: dict[str, bytes]) -> bool:
    return opened.keys() == keys.keys() and all(hmac.compare_digest(opened[key_id], keys[key_id]) for key_id in keys)


def _lock_file(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
