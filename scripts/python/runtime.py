import base64
import collections
import json
import os
import random
import select
import socket
import struct
import time
from typing import (
    Any,
    Deque,
    Dict,
    Iterable,
    List,
    Literal,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypedDict,
    Union,
)

Json = Any
Position = Union[Sequence[float], Mapping[str, float]]
Color = Union[Sequence[float], Mapping[str, float], str]

_WINDOW = 256
_CLOCK_MARGIN_MS = 50


class GoxelError(Exception):
    """Any failure of a call. `kind` is a stable word."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class RpcError(GoxelError):
    """The daemon refused. `code` is the JSON-RPC number, `data` has the facts."""

    def __init__(self, code: int, message: str, data: Mapping[str, Json]) -> None:
        super().__init__(str(data.get("kind", "unknown")), message)
        self.code = code
        self.data = data


class ConnectionLost(GoxelError):
    """No answer came. `maybe_applied`: the daemon may have done what was asked; False: certainly not."""

    def __init__(self, kind: str, message: str, maybe_applied: bool = False) -> None:
        super().__init__(kind, message)
        self.maybe_applied = maybe_applied


class Pending:
    """A call of a batch. `result` is there after the batch was sent, and raises what the call raised."""

    def __init__(self, method: str, params: Dict[str, Json], key: Optional[str]) -> None:
        self.method = method
        self.params = params
        self.key = key
        self.error: Optional[GoxelError] = None
        self.first_sent: Optional[float] = None
        self.done = False
        self._result: Json = None

    @property
    def result(self) -> Json:
        if not self.done:
            raise GoxelError("not_sent", self.method + " was not sent yet")
        if self.error is not None:
            raise self.error
        return self._result

    def _resolve(self, result: Json) -> None:
        self.done = True
        self._result = result

    def _reject(self, error: GoxelError) -> None:
        self.done = True
        self.error = error

    @property
    def _may_repeat(self) -> bool:
        return self.key is not None or (
            self.method in _HARMLESS and not self.params.get("job")
        )


def pack_voxels(voxels: Iterable[Sequence[int]]) -> Dict[str, Json]:
    """The `packed` of `add_voxels` and `remove_voxels`, from `(x, y, z)` (white), `(x, y, z, r, g, b)` or `(x, y, z, r, g, b, a)`."""
    records = [_record(voxel) for voxel in voxels]
    narrow = all(-32768 <= c <= 32767 for record in records for c in record[:3])
    packer = struct.Struct("<hhhBBBB" if narrow else "<iiiBBBB")
    data = b"".join(packer.pack(*record) for record in records)
    return {
        "format": "packed" if narrow else "packed32",
        "count": len(records),
        "data": base64.b64encode(data).decode("ascii"),
    }


def _given(params: Mapping[str, Json]) -> Dict[str, Json]:
    return {name: value for name, value in params.items() if value is not None}


def _record(voxel: Sequence[int]) -> Tuple[int, ...]:
    if len(voxel) == 3:
        return (*voxel, 255, 255, 255, 255)
    return (*voxel, 255) if len(voxel) == 6 else tuple(voxel)


#METHODS#


class Batch(_Methods):
    """Calls that are sent together when the `with` block ends: each returns a `Pending`. They are not atomic; see `batch_operations`."""

    def __init__(self, client: "Goxel") -> None:
        self.calls: List[Pending] = []
        self._client = client

    def call(self, method: str, params: Optional[Mapping[str, Json]] = None) -> Any:
        self.calls.append(self._client._pending(method, params))
        return self.calls[-1]

    def __enter__(self) -> "Batch":
        return self

    def __exit__(self, error: Any, *_: Any) -> None:
        if error is None:
            self._client._perform(self.calls)

    @property
    def results(self) -> List[Json]:
        """Of all calls in order; raises the error of the first that failed."""
        return [call.result for call in self.calls]


class Goxel(_Methods):
    """A connection to goxel-daemon, made again when it is lost: edits carry a key, by which the daemon does each once.

    with Goxel() as goxel:
        goxel.add_voxel([1, -2, 3], color="#ff8000")
        goxel.get_voxel([1, -2, 3])["color_hex"]  # "#FF8000FF"

    One thread at a time may use it.
    """

    def __init__(
        self,
        address: Optional[str] = None,
        *,
        token: Optional[str] = None,
        timeout: float = 300.0,
        reconnect_for: float = 30.0,
        client_name: str = "goxel.py",
    ) -> None:
        """`address`: a socket path (default: GOXEL_SOCKET_PATH, else /tmp/goxel-daemon.sock) or `tcp://host:port`.

        `timeout`: longest silence while an answer is awaited, in seconds. `reconnect_for`: how long a lost connection is tried
        again, in seconds; 0: not at all.
        """
        default = os.environ.get("GOXEL_SOCKET_PATH", "/tmp/goxel-daemon.sock")
        self.address = address or default
        self.reconnects = 0
        self.notifications: Deque[Dict[str, Json]] = collections.deque(maxlen=10_000)
        self._token = token
        self._timeout = timeout
        self._reconnect_for = reconnect_for
        self._client_name = client_name
        self._prefix = os.urandom(12).hex()
        self._made = 0
        self._instance: Optional[str] = None
        self._clock_offset_ms = 0.0
        self._socket: Optional[socket.socket] = None
        self._received: List[bytes] = []
        self._closed = False
        self._connect()

    def call(self, method: str, params: Optional[Mapping[str, Json]] = None) -> Any:
        """A call by any name. Raises RpcError for what the daemon refuses, ConnectionLost when no answer comes."""
        pending = self._pending(method, params)
        self._perform([pending])
        return pending.result

    def batch(self) -> Batch:
        """`with goxel.batch() as batch:` gathers calls and sends them without waiting for each."""
        return Batch(self)

    def wait_notification(self, timeout: float) -> Optional[Dict[str, Json]]:
        """The next message that the daemon sends unasked (see `subscribe`), or None after `timeout` seconds."""
        until = time.monotonic() + timeout
        while not self.notifications:
            left = until - time.monotonic()
            if left <= 0 or self._socket is None:
                return None
            if select.select([self._socket], [], [], left)[0]:
                for line in self._receive():
                    self._message(json.loads(line), {})
        return self.notifications.popleft()

    def close(self) -> None:
        self._closed = True
        self._drop()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> "Goxel":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _pending(self, method: str, params: Optional[Mapping[str, Json]]) -> Pending:
        own = dict(params or {})
        key = own.pop("idempotency_key", None)
        if key is None and method in _KEYED and self._reconnect_for > 0:
            self._made += 1
            key = "%s-%x" % (self._prefix, self._made)
        return Pending(method, own, key)

    def _perform(self, calls: Sequence[Pending]) -> None:
        if self._closed:
            raise ConnectionLost("closed", "the client was closed")
        while True:
            waiting = [call for call in calls if not call.done]
            if not waiting:
                return
            try:
                if self._socket is None:
                    self._reconnect(waiting)
                    waiting = [call for call in waiting if not call.done]
                self._exchange(waiting)
            except OSError as error:
                self._drop()
                self._lost(waiting, error)

    def _lost(self, calls: Sequence[Pending], error: OSError) -> None:
        """What cannot be sent again fails."""
        kind = "timeout" if isinstance(error, TimeoutError) else "connection_lost"
        for call in calls:
            repeats = call._may_repeat and self._reconnect_for > 0 and kind != "timeout"
            if not call.done and not repeats:
                call._reject(self._fate(call, kind, str(error) or "it was closed"))

    def _fate(self, call: Pending, kind: str, reason: str) -> ConnectionLost:
        maybe = call.first_sent is not None and call.method not in _HARMLESS
        fate = "it may have been done or not" if maybe else "it was not done"
        return ConnectionLost(kind, "%s has no answer, %s: %s" % (call.method, fate, reason), maybe)

    def _reconnect(self, calls: Sequence[Pending]) -> None:
        until = time.monotonic() + self._reconnect_for
        before = self._instance
        delay = 0.02
        while True:
            time.sleep(delay * (0.5 + random.random() / 2))
            delay = min(3.0, delay * 2)
            try:
                self._connect()
                break
            except ConnectionLost as error:
                if time.monotonic() < until:
                    continue
                for call in calls:
                    call._reject(self._fate(call, "connection_lost", str(error)))
                return
        self.reconnects += 1
        if self._instance == before:
            return
        # Another process knows nothing of what this one did.
        for call in calls:
            if call.method not in _HARMLESS:
                call._reject(self._fate(call, "connection_lost", "the daemon was restarted"))

    def _connect(self) -> None:
        try:
            if self.address.startswith("tcp://"):
                host, _, port = self.address[6:].rpartition(":")
                self._socket = socket.create_connection((host.strip("[]"), int(port)), 5.0)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            else:
                self._socket = socket.socket(socket.AF_UNIX)
                self._socket.settimeout(5.0)
                self._socket.connect(self.address)
            self._received = []
            self._socket.setblocking(False)
            self._greet()
        except OSError as error:
            self._drop()
            text = "cannot connect to %s: %s; is the daemon running?" % (self.address, error)
            raise ConnectionLost("connect_failed", text) from error
        except GoxelError:
            self._drop()
            raise

    def _greet(self) -> None:
        calls = [Pending("system.connect", {"client_name": self._client_name}, None)]
        if self._token is not None:
            calls.insert(0, Pending("goxel.authenticate", {"token": self._token}, None))
        self._exchange(calls)
        for call in calls:
            greeting = call.result
        self._instance = greeting["instance_id"]
        self._clock_offset_ms = greeting["clock_ms"] - time.monotonic() * 1000

    def _line(self, number: int, call: Pending) -> bytes:
        params = dict(call.params)
        if call.key is not None:
            params["idempotency_key"] = call.key
            if call.first_sent is not None:
                since = call.first_sent * 1000 + self._clock_offset_ms - _CLOCK_MARGIN_MS
                params["repeated_since"] = max(0, int(since))
        if call.first_sent is None:
            call.first_sent = time.monotonic()
        request = {"jsonrpc": "2.0", "method": call.method, "params": params, "id": number}
        return json.dumps(request, separators=(",", ":")).encode() + b"\n"

    def _exchange(self, calls: Sequence[Pending]) -> None:
        """Sends calls, a window of them ahead of the answers, and reads meanwhile: else both sides could wait for each other."""
        sock = self._socket
        if sock is None:
            return
        sent: Dict[int, Pending] = {}
        output = b""
        following = 0
        while following < len(calls) or sent:
            while following < len(calls) and len(sent) < _WINDOW and len(output) < 65536:
                output += self._line(following, calls[following])
                sent[following] = calls[following]
                following += 1
            ready = select.select([sock], [sock] if output else [], [], self._timeout)
            if not ready[0] and not ready[1]:
                raise TimeoutError("no answer within %g s" % self._timeout)
            if ready[1]:
                output = output[sock.send(output) :]
            if ready[0]:
                for line in self._receive():
                    self._message(json.loads(line), sent)

    def _receive(self) -> List[bytes]:
        """The lines that are whole. Raises ConnectionError at the end of the stream."""
        assert self._socket is not None
        chunk = self._socket.recv(1 << 18)
        if not chunk:
            raise ConnectionError("the daemon closed the connection")
        *lines, rest = chunk.split(b"\n")
        if lines:
            lines[0] = b"".join(self._received) + lines[0]
            self._received = []
        if rest:
            self._received.append(rest)
        return [line for line in lines if line]

    def _message(self, message: Dict[str, Json], sent: Dict[int, Pending]) -> None:
        if "method" in message:
            self.notifications.append(message)
            return
        error = message.get("error")
        failure = error and RpcError(error["code"], error["message"], error.get("data") or {})
        call = sent.pop(message["id"], None) if message.get("id") is not None else None
        if call is None:
            if failure:
                # Not about a call: the daemon refuses the connection.
                raise ConnectionError(str(failure))
        elif failure:
            call._reject(failure)
        else:
            call._resolve(message.get("result"))
