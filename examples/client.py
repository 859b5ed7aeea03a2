#!/usr/bin/env python3
"""Opens a model through goxel-daemon, edits it, undoes, renders and saves it. Python 3, standard library only.

usage: client.py MODEL [OUTPUT_FOLDER] [SOCKET]
"""
import json, os, socket, sys

model, out, path = (sys.argv[1:] + ["", ""])[:3] if len(sys.argv) > 1 else sys.exit(__doc__)
out = os.path.abspath(out or ".")
sock = socket.socket(socket.AF_UNIX)
sock.connect(path or os.environ.get("GOXEL_SOCKET_PATH", "/tmp/goxel-daemon.sock"))
lines = sock.makefile("r", encoding="utf-8")


def call(method, **params):
    sock.sendall(json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1}).encode() + b"\n")
    reply = json.loads(lines.readline())
    return reply["result"] if "result" in reply else sys.exit(f"{method}: {reply['error']['message']}")


info = call("goxel.load_project", path=os.path.abspath(model))
print(f"{info['name']}: {info['voxel_count']} voxels in {info['layer_count']} layers")
top = call("goxel.get_bounding_box", layer_id="all")["max"]
call("goxel.add_voxel", position=[top[0], top[1], top[2] + 1], color="#ff8000")
call("goxel.procedural_shape", shape_type="sphere", size=5, center=top, color="gold")
print("undone:", call("goxel.undo")["labels"])
picture = call("goxel.render_scene", output_path=f"{out}/model.png", width=256, height=256)
for name in ("model.gox", "model.vox"):
    print("saved", call("goxel.save_project", path=f"{out}/{name}")["path"])
print("rendered", picture["output_path"])
