/**
 * Provider names of the OpenTelemetry conventions, of gateways and of everyday use, onto the ids of the price table.
 * OpenTelemetry names: semantic-conventions-genai 6fd0d76, `gen_ai.provider.name`.
 */
export const PRICE_PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['azure.ai.openai', 'azure'],
  ['azure.ai.inference', 'azure'],
  ['azure_ai', 'azure'],
  ['azure_openai', 'azure'],
  ['aws.bedrock', 'aws'],
  ['aws_bedrock', 'aws'],
  ['amazon-bedrock', 'aws'],
  ['bedrock', 'aws'],
  ['bedrock_converse', 'aws'],
  ['bedrock_mantle', 'aws'],
  ['gcp.gemini', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['gcp.gen_ai', 'google'],
  ['gemini', 'google'],
  ['vertex_ai', 'google'],
  ['vertex_ai-language-models', 'google'],
  ['vertex_ai-anthropic_models', 'google'],
  ['google.generativeai', 'google'],
  ['google-vertex', 'google'],
  ['mistral_ai', 'mistral'],
  ['mistralai', 'mistral'],
  ['x_ai', 'x-ai'],
  ['xai', 'x-ai'],
  ['together_ai', 'together'],
  ['together-ai', 'together'],
  ['togetherai', 'together'],
  ['fireworks_ai', 'fireworks'],
  ['fireworks-ai', 'fireworks'],
  ['moonshot', 'moonshotai'],
  ['moonshot_ai', 'moonshotai'],
  ['voyage', 'voyageai'],
  ['text-completion-openai', 'openai'],
  ['cohere_chat', 'cohere'],
  ['ibm.watsonx.ai', 'watsonx'],
]);

/**
 * Names the price-table provider of a provider as a call or a file names it. Unknown names map to themselves,
 * lower-case. `azure_ai` of LiteLLM and both Azure names of OpenTelemetry share one price list.
 */
export function priceProvider(provider: string): string {
  const name = provider.trim().toLowerCase();
  return PRICE_PROVIDERS.get(name) ?? (name.startsWith('vertex_ai-') ? 'google' : name);
}
