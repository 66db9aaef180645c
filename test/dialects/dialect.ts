/** One library whose spans are captured. */
export interface Dialect {
  /** Name of its file in `captured/`. */
  readonly name: string;
  /** Package that makes the spans. */
  readonly library: string;
  readonly language: 'javascript' | 'python';
  /** Where it is installed. */
  readonly environment: string;
  /** File in `programs/`. */
  readonly program: string;
  /** Packages named in the file beside the library. */
  readonly beside: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Names of spans that repeat what another span of the call says; not chargeable. */
  readonly never?: RegExp;
}
