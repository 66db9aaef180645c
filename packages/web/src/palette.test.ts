import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

type Triple = readonly [number, number, number];

const CSS = readFileSync(join(import.meta.dirname, 'styles/tokens.css'), 'utf8');
const [LIGHT = '', DARK = ''] = CSS.split('@media (prefers-color-scheme: dark)');

/** Full dichromacy in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.0. */
const DEFICIENCIES: Readonly<Record<string, readonly Triple[]>> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function readColour(block: string, name: string): Triple {
  const hex = new RegExp(`--${name}: #([0-9a-f]{6})`).exec(block)?.[1] ?? '';
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(0), channel(2), channel(4)];
}

function multiply(matrix: readonly Triple[], [x, y, z]: Triple): Triple {
  const [first, second, third] = matrix.map(([a, b, c]) => Math.max(0, a * x + b * y + c * z));
  return [first ?? 0, second ?? 0, third ?? 0];
}

/** Oklab, where distances follow what the eye sees (Ottosson 2020). */
function toOklab(linear: Triple): Triple {
  const cones = multiply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    linear,
  );
  const [l, m, s] = cones.map(Math.cbrt);
  const [long, medium, short] = [l ?? 0, m ?? 0, s ?? 0];
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

function distance(left: Triple, right: Triple): number {
  return Math.hypot(left[0] - right[0], left[1] - right[1], left[2] - right[2]);
}

function closestPair(block: string, matrix: readonly Triple[]): { pair: string; gap: number } {
  const names = ['0', '1', '2', '3', '4', '5', '6', '7', 'rest'].map((name) => `series-${name}`);
  const seen = names.map((name) => toOklab(multiply(matrix, readColour(block, name))));
  const pairs = names.flatMap((left, i) =>
    names.slice(i + 1).map((right, j) => ({
      pair: `${left} ${right}`,
      gap: distance(seen[i] ?? [0, 0, 0], seen[i + 1 + j] ?? [0, 0, 0]),
    })),
  );
  return pairs.reduce((least, one) => (one.gap < least.gap ? one : least));
}

function contrast(block: string, text: string, ground: string): number {
  const luminance = (name: string) => {
    const [red, green, blue] = readColour(block, name);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const [left, right] = [luminance(text), luminance(ground)];
  return Math.max(left, right) / Math.min(left, right);
}

/** In Oklab; about 0.02 is the least that an eye tells apart side by side. */
const MIN_GAP = 0.09;

const SCHEMES = [
  { scheme: 'light', block: LIGHT },
  { scheme: 'dark', block: DARK },
];

describe.for(SCHEMES)('$scheme colours', ({ block }) => {
  test.for(Object.entries(DEFICIENCIES))('series stay apart with %s', ([, matrix]) => {
    const { pair, gap } = closestPair(block, matrix);
    expect(gap, pair).toBeGreaterThan(MIN_GAP);
  });

  test.for([
    ['text', 'surface'],
    ['text', 'ground'],
    ['text-muted', 'surface'],
    ['text-muted', 'ground'],
    ['text-muted', 'surface-2'],
    ['critical', 'critical-soft'],
    ['critical', 'surface'],
    ['warning', 'warning-soft'],
    ['warning', 'surface'],
    ['info', 'surface'],
  ] as const)('%s is readable on %s (WCAG AA, 4.5)', ([text, ground]) => {
    expect(contrast(block, text, ground)).toBeGreaterThanOrEqual(4.5);
  });
});
