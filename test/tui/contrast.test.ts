/**
 * What is drawn can be read on a light terminal and on a dark one: WCAG asks for a contrast of 4.5. Red, green, blue of
 * the sixteen colours are what each terminal's makers publish; the 256 are xterm's 256colres.h in all four.
 */
import chalk from 'chalk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/probe/walk-types.ts';
import { paint } from '../../src/tui/theme.ts';

const before = chalk.level;
beforeAll(() => {
  chalk.level = 2;
});
afterAll(() => {
  chalk.level = before;
});

type Rgb = readonly [red: number, green: number, blue: number];

const PALETTES: Readonly<Record<string, Readonly<Record<string, Rgb>>>> = {
  xterm: { red: [205, 0, 0], green: [0, 205, 0], blue: [0, 0, 238], magenta: [205, 0, 205], cyan: [0, 205, 205] },
  'macOS Terminal': { red: [194, 54, 33], green: [37, 188, 36], blue: [73, 46, 225], magenta: [211, 56, 211], cyan: [51, 187, 200] },
  'VS Code': { red: [205, 49, 49], green: [13, 188, 121], blue: [36, 114, 200], magenta: [188, 63, 188], cyan: [17, 168, 205] },
  GNOME: { red: [192, 28, 40], green: [38, 162, 105], blue: [18, 72, 139], magenta: [163, 71, 186], cyan: [42, 161, 179] },
}; // biome-ignore format: a table

const ROLES: readonly Role[] = ['plain', 'good', 'bad', 'accent', 'dim'];
const [WHITE, BLACK]: readonly [Rgb, Rgb] = [[255, 255, 255], [0, 0, 0]]; // biome-ignore format: two colours

function luminance(rgb: Rgb): number {
  const [red = 0, green = 0, blue = 0] = rgb
    .map(each => each / 255)
    .map(each => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Of 16 to 255: the cube, then the greys. */
function xtermColour(index: number): Rgb {
  if (index >= 232) return [8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)];
  const level = (part: number) => (part === 0 ? 0 : 55 + 40 * part);
  const at = index - 16;
  return [level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6)];
}

function rgbOf(colour: string, palette: Readonly<Record<string, Rgb>>): Rgb {
  const index = /^ansi256\((\d+)\)$/.exec(colour)?.[1];
  const rgb =
    index === undefined ? palette[colour] : Number(index) < 16 ? undefined : xtermColour(Number(index));
  if (rgb === undefined) throw new Error(`${colour} is another colour in each terminal.`);
  return rgb;
}

describe.each(Object.entries(PALETTES))('in the palette of %s', (_name, palette) => {
  it.each(ROLES)('%s has a contrast of 4.5 on white and on black', role => {
    const { color, dimColor } = paint({ text: 'x', role }, { color: true });
    // A faint text has whatever contrast the terminal gives it.
    expect(dimColor).toBeUndefined();
    // None: the terminal's own colour of text on its own background.
    if (color === undefined) return;
    const rgb = rgbOf(String(color), palette);
    expect(contrast(rgb, WHITE)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(rgb, BLACK)).toBeGreaterThanOrEqual(4.5);
  });
});

it('draws good, bad and accent apart from each other and from the text', () => {
  const colours = ROLES.map(role => paint({ text: 'x', role }, { color: true }).color);
  expect(new Set(colours).size).toBe(ROLES.length);
});

it('keeps bold, dim and inverse without colour', () => {
  const plain = { color: false };
  expect(paint({ text: 'x', role: 'dim' }, plain)).toMatchObject({ dimColor: true });
  expect(paint({ text: 'x', role: 'accent' }, plain)).toMatchObject({ bold: true });
  expect(paint({ text: 'x', role: 'plain', inverse: true }, plain)).toMatchObject({ inverse: true });
  for (const role of ROLES) expect(paint({ text: 'x', role, bold: true }, plain).color).toBeUndefined();
});
