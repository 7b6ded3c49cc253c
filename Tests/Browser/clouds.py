"""Models whose map has as many points as one likes: the bundled one, with another map.safetensors beside its weights."""
import json
import pathlib
import random
import shutil
import struct
import zlib
from array import array

BUNDLED = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy" / "models" / "mnist-2d"


def write_model(models, name, positions, labels):
    """models/name, with a map of these places: positions is an array("f") of x and y in turn, labels are bytes."""
    folder = models / name
    shutil.copytree(BUNDLED, folder)
    shutil.rmtree(folder / "1" / "epochs", ignore_errors=True)
    write_map(folder / "1" / "map.safetensors", positions, labels)


def write_map(path, positions, labels):
    count = len(labels)
    data = positions.tobytes() + bytes(labels)
    header = json.dumps({
        "__metadata__": {"data_crc32": f"{zlib.crc32(data):08x}", "dataset": "mnist", "epoch": "72", "split": "test"},
        "latent": {"dtype": "F32", "shape": [count, 2], "data_offsets": [0, 8 * count]},
        "label": {"dtype": "U8", "shape": [count], "data_offsets": [8 * count, 9 * count]},
    }, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)


def bundled_map():
    """The bundled map's places and labels."""
    content = (BUNDLED / "1" / "map.safetensors").read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    part = lambda name: content[8 + length:][slice(*header[name]["data_offsets"])]
    positions = array("f")
    positions.frombytes(part("latent"))
    return positions, part("label")


def like_bundled(count):
    """`count` places spread as the bundled map's are: its own over and over, each moved a little."""
    positions, labels = bundled_map()
    known = len(labels)
    source = random.Random(1)
    moved = array("f", bytes(8 * count))
    for i in range(count):
        j = i % known
        moved[2 * i] = positions[2 * j] + source.gauss(0, 0.08)
        moved[2 * i + 1] = positions[2 * j + 1] + source.gauss(0, 0.08)
    return moved, bytes(labels[i % known] for i in range(count))
