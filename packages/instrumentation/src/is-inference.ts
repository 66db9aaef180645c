const INFERENCE: ReadonlySet<string> = new Set(['chat', 'text_completion', 'generate_content']);

/** True for the operations that the conventions call inference. */
export function isInference({ operation }: { readonly operation: string }): boolean {
  return INFERENCE.has(operation);
}
