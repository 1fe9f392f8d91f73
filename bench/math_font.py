"""Fits a math font to what browsers do with it: radicals of one width, and a tilde that stretches.

Chromium keeps room for the widest radical behind every root, however low it is. Of the tildes it
stretches those that stand by themselves, and the font has wide forms of the combining one.
"""

import argparse
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont


def narrow(font: TTFont) -> None:
    """Draw the higher radicals narrower, to the advance width of the lowest."""
    variants = font["MATH"].table.MathVariants
    places = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))
    radical = font.getBestCmap()[0x221A]
    found = places[radical]
    width = font["hmtx"][radical][0]
    for record in found.MathGlyphVariantRecord:
        _scale(font, record.VariantGlyph, width / font["hmtx"][record.VariantGlyph][0])
    parts = [part.glyph for part in found.GlyphAssembly.PartRecords]
    widest = max(font["hmtx"][part][0] for part in parts)
    for part in dict.fromkeys(parts):
        _scale(font, part, width / widest)


def stretch_tilde(font: TTFont) -> None:
    """Draw the tilde of the keyboard as the combining one, which has wide forms."""
    for table in font["cmap"].tables:
        if 0x303 in table.cmap:
            table.cmap[0x7E] = table.cmap[0x303]


def _scale(font: TTFont, name: str, by: float) -> None:
    glyphs = font.getGlyphSet()
    drawn = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(drawn)
    advance, bearing = font["hmtx"][name]
    if "CFF " in font:
        charstrings = font["CFF "].cff.topDictIndex[0].CharStrings
        pen = T2CharStringPen(round(advance * by), glyphs)
        drawn.replay(TransformPen(pen, (by, 0, 0, 1, 0, 0)))
        charstrings[name] = pen.getCharString(private=charstrings[name].private)
    else:
        pen = TTGlyphPen(glyphs)
        drawn.replay(TransformPen(pen, (by, 0, 0, 1, 0, 0)))
        font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = (round(advance * by), round(bearing * by))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("font", type=Path, help="a font with a MATH table, which is changed in place")
    arguments = parser.parse_args()
    font = TTFont(arguments.font)
    narrow(font)
    stretch_tilde(font)
    font.save(arguments.font)


if __name__ == "__main__":
    main()
