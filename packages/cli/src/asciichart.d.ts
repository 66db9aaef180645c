declare module 'asciichart' {
  /** Draws a line over as many columns as there are values. */
  export function plot(
    values: readonly number[],
    options?: {
      readonly height?: number;
      readonly min?: number;
      readonly max?: number;
      readonly format?: (value: number) => string;
    },
  ): string;
}
