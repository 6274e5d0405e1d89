#!/usr/bin/env python3
"""Writes the pictures that pictures_test.cpp reads, and prints what Pillow makes of them: the first pixel of
`Image.open(file).convert("RGB")`, as torchvision's ImageFolder reads files, and of `.convert("L")` behind it. Needs
python3-pil; the truths of the test are what Pillow 9.4 on libjpeg-turbo 2.1 has printed."""

import struct
import zlib
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parent


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(name, size, bits, colour, rows, more=b""):
    raw = zlib.compress(b"".join(b"\0" + row for row in rows))
    header = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)
    (FOLDER / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", raw) + chunk(b"IEND", b""))


def colours(name):
    image = Image.open(FOLDER / name).convert("RGB")
    print(name, image.getpixel((0, 0)), image.convert("L").getpixel((0, 0)))


def main():
    png("grey16.png", (1, 1), 16, 0, [struct.pack(">H", 32768)])  # Pillow makes 255 of it: see picture.hpp
    png("colour16.png", (1, 1), 16, 2, [struct.pack(">HHH", 32768, 256 * 7 + 255, 65535)])
    png("transparent16.png", (1, 1), 16, 6, [struct.pack(">HHHH", 32768, 256 * 7 + 255, 65535, 5)])
    png("transparent.png", (1, 1), 8, 6, [bytes([200, 100, 50, 0])])
    png("transparent_grey.png", (1, 1), 8, 4, [bytes([200, 0])])
    png("keyed_grey.png", (1, 1), 8, 0, [bytes([200])], chunk(b"tRNS", struct.pack(">H", 200)))
    png("gamma.png", (1, 1), 8, 2, [bytes([200, 100, 50])], chunk(b"gAMA", struct.pack(">I", 100000)))
    palette = chunk(b"PLTE", bytes([0, 0, 0, 200, 100, 50]))
    png("palette.png", (1, 1), 8, 3, [bytes([1])], palette + chunk(b"tRNS", bytes([255, 0])))
    png("grey4.png", (2, 1), 4, 0, [bytes([0x7F])])
    png("grey1.png", (8, 1), 1, 0, [bytes([0x80])])
    Image.new("RGB", (16, 16), (200, 100, 50)).save(FOLDER / "colour.jpg")
    Image.new("CMYK", (16, 16), (20, 100, 200, 30)).save(FOLDER / "inks.jpg")
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (16, 8), (200, 100, 50)).save(FOLDER / "turned.jpg", exif=turned)
    Image.new("RGB", (16, 8), (200, 100, 50)).save(FOLDER / "turned.png", exif=turned)
    for kind in ("webp", "bmp", "gif", "tiff", "ppm"):
        Image.new("RGB", (2, 2), (200, 100, 50)).save(FOLDER / f"foreign.{kind}")
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in (".png", ".jpg"):
            colours(path.name)


if __name__ == "__main__":
    main()
