#!/usr/bin/env python3
"""Writes png.json: PNGs of every colour type and bit depth, by hand over zlib, with the samples a reader must find.

The expected samples come from the pattern that was stored, not from any PNG reader. The `pillow` part needs Pillow
(made with 13.0.0): its greys ("L") and its resizing are what ours are held against.

    python3 make_png_fixtures.py
"""
import base64, json, pathlib, struct, zlib
from PIL import Image

WIDTH, HEIGHT = 7, 5  # odd on purpose: rows of 1-4 bits end inside a byte, and some interlace passes are empty
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}
NAMES = {0: "grey", 2: "rgb", 3: "palette", 4: "grey-alpha", 6: "rgba"}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def sample(x, y, channel, depth):
    return (x * 2654435761 + y * 40503 * 7919 + channel * 97 * 131071 + depth) * 2246822519 >> 7 & (1 << depth) - 1


def packed_row(values, depth):
    bits = "".join(format(value, f"0{depth}b") for value in values)
    bits += "0" * (-len(bits) % 8)
    return bytes([0]) + int(bits, 2).to_bytes(len(bits) // 8, "big")


def png(color, depth, pixel, interlaced=False, extra=b"", width=WIDTH, height=HEIGHT):
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    raw = b""
    for left, top, step_x, step_y in passes:
        for y in range(top, height, step_y):
            columns = range(left, width, step_x)
            if columns:
                raw += packed_row([v for x in columns for v in pixel(x, y)], depth)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw, 9))
            + chunk(b"IEND", b""))


def case(name, data, channels, depth, expected):
    return {"name": name, "png": base64.b64encode(data).decode(), "width": WIDTH, "height": HEIGHT,
            "channels": channels, "bit_depth": depth, "samples": expected}


def all_pixels(function):
    return [v for y in range(HEIGHT) for x in range(WIDTH) for v in function(x, y)]


cases = []
for color, depths in DEPTHS.items():
    for depth in depths:
        stored = lambda x, y: [sample(x, y, c, depth) for c in range(SAMPLES[color])]
        palette = [(i * 53 % 256, i * 101 % 256, 255 - i % 256) for i in range(1 << depth)] if color == 3 else []
        plte = chunk(b"PLTE", bytes(v for entry in palette for v in entry)) if palette else b""
        out_depth = 16 if depth == 16 else 8
        scale = 255 // ((1 << depth) - 1) if depth < 8 else 1
        read = (lambda x, y: palette[stored(x, y)[0]]) if palette else (lambda x, y: [v * scale for v in stored(x, y)])
        channels = 3 if palette else SAMPLES[color]
        for interlaced in (False, True):
            name = f"{NAMES[color]}-{depth}" + ("-interlaced" if interlaced else "")
            cases.append(case(name, png(color, depth, stored, interlaced, plte), channels, out_depth, all_pixels(read)))
        key = stored(3, 2)  # one value that occurs is transparent
        if color in (0, 2):
            trns = chunk(b"tRNS", struct.pack(f">{len(key)}H", *key))
            with_alpha = lambda x, y: [*read(x, y), 0 if stored(x, y) == key else (1 << out_depth) - 1]
        elif color == 3:
            alphas = [(i * 77 + 5) % 256 for i in range(max(1, len(palette) // 2))]
            trns = chunk(b"tRNS", bytes(alphas))
            with_alpha = lambda x, y: [*read(x, y), (alphas + [255] * len(palette))[stored(x, y)[0]]]
        else:
            continue
        cases.append(case(f"{NAMES[color]}-{depth}-trns", png(color, depth, stored, False, plte + trns), channels + 1,
                          out_depth, all_pixels(with_alpha)))

rgb = Image.new("RGB", (9, 6))
rgb.putdata([((x * 29 + y * 3) % 256, (x * 7 + y * 41) % 256, (255 - x * 13 - y * 17) % 256)
             for y in range(6) for x in range(9)])
grey = rgb.convert("L")
resized = {f"{filter.name.lower()}-{w}x{h}": list(grey.resize((w, h), filter).tobytes())
           for filter in (Image.Resampling.BOX, Image.Resampling.BILINEAR) for w, h in ((4, 3), (3, 6), (20, 13), (1, 1))}
pillow = {"width": 9, "height": 6, "rgb": list(rgb.tobytes()), "grey": list(grey.tobytes()), "resized": resized}

lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
path = pathlib.Path(__file__).with_name("png.json")
path.write_text('{"cases":[\n' + lines + '\n],\n"pillow":' + json.dumps(pillow, separators=(",", ":")) + "}\n")
print(len(cases), "cases,", path.stat().st_size, "bytes")
