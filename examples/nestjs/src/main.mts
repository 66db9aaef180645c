import 'reflect-metadata';
import {
  Bind,
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Module,
  type NestInterceptor,
  Param,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { withAttribution } from '@tokenmeter/instrumentation';
import OpenAI from 'openai';
import { Observable } from 'rxjs';

const openai = new OpenAI();

/** Gives every call of a handler the template of its route. Nest runs the handler when the observable is subscribed to. */
class RouteAttribution implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<{ route: { path: string } }>();
    return new Observable((subscriber) =>
      withAttribution({ route: request.route.path }, () => next.handle().subscribe(subscriber)),
    );
  }
}

async function ask(question: string): Promise<string | null | undefined> {
  const completion = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: question }],
  });
  return completion.choices[0]?.message.content;
}

@Controller()
class AssistantController {
  // Without tracing, an interceptor hands the route on; `app.useGlobalInterceptors` does it for all handlers.
  @Get('/summaries/:id')
  @UseInterceptors(RouteAttribution)
  @Bind(Param('id'))
  summary(id: string): Promise<unknown> {
    return withAttribution({ feature: 'summary', team: 'reading' }, () => ask(`Summarise ${id}`));
  }

  // With `telemetry.mjs` the active server span knows the route: nothing to hand on.
  @Get('/answers/:id')
  @Bind(Param('id'))
  answer(id: string): Promise<unknown> {
    return withAttribution({ feature: 'answer', team: 'support' }, () => ask(`Answer ${id}`));
  }
}

@Module({ controllers: [AssistantController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
console.log(`listening on ${new URL(await app.getUrl()).port}`);
