import OpenAI from 'openai';

/** Asks the model; the client is made at the first question, because a build has no key. */
export async function ask(question: string): Promise<string | null | undefined> {
  const completion = await new OpenAI().chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: question }],
  });
  return completion.choices[0]?.message.content;
}
