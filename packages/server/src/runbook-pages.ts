import { createHash } from 'node:crypto';
import { RUNBOOKS } from './generated/runbooks.ts';
import { escapeHtml, renderMarkdown } from './render-markdown.ts';
import { type Respond, sendProblem } from './respond.ts';

const FOLDER = '/runbooks';
/** The page has no script; its one style is named by its hash. */
const STYLE = `
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; --line: #8884; --soft: #8881; }
body { margin: 0 } main { max-width: 46rem; margin: 2rem auto 4rem; padding: 0 1rem }
h1 { font-size: 1.7rem; margin: .5rem 0 1rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line) }
nav, footer { font-size: .875rem } footer { margin-top: 3rem; border-top: 1px solid var(--line) } figure { margin: 1rem 0; border: 1px solid var(--line); border-radius: 6px; overflow: hidden }
figcaption { font-size: .75rem; padding: .15rem .75rem; border-bottom: 1px solid var(--line); background: var(--soft) }
pre { margin: 0; padding: .75rem; overflow-x: auto; font: .8125rem/1.5 ui-monospace, Menlo, Consolas, monospace }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .875em } table { border-collapse: collapse }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line) }`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * Who answers `/runbooks` and `/runbooks/<rule>`; undefined for other paths. The pages are the same for everybody and
 * hold no data, so they are served under any name by which people reach the server.
 */
export function runbookResponder(path: string): Respond | undefined {
  if (path !== FOLDER && !path.startsWith(`${FOLDER}/`)) return undefined;
  return (request, response) => {
    const name = path.slice(FOLDER.length + 1);
    const html = renderRunbookPage(name);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (html === undefined || !isRead) {
      const hint = `runbooks are: ${Object.keys(RUNBOOKS).join(', ')}`;
      sendProblem(response, isRead ? 404 : 405, { error: `there is no runbook ${name}`, hint });
      return;
    }
    const body = Buffer.from(html);
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.byteLength,
      'cache-control': 'no-cache',
      'content-security-policy': POLICY,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

/** The page of a runbook, or their list for an empty name; undefined when there is none. */
function renderRunbookPage(name: string): string | undefined {
  if (name === '') return renderPage('Runbooks', `<h1>Runbooks</h1><ul>${renderList()}</ul>`);
  const markdown = Object.hasOwn(RUNBOOKS, name) ? RUNBOOKS[name] : undefined;
  return markdown === undefined ? undefined : renderPage(titleOf(name), renderMarkdown(markdown));
}

function renderList(): string {
  return Object.keys(RUNBOOKS)
    .map((name) => `<li><a href="${FOLDER}/${name}">${escapeHtml(titleOf(name))}</a></li>`)
    .join('');
}

function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function renderPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Tokenmeter</title>
<style>${STYLE}</style>
</head>
<body><main>
<nav><a href="/?page=alerts">Alerts</a> · <a href="${FOLDER}">Runbooks</a></nav>
${body}
<footer><p>Commands run in the folder in which <code>tokenmeter up</code> was started; elsewhere add <code>--data DIR</code>. In a checkout of the repository, <code>tokenmeter</code> is <code>npm run -s tokenmeter --</code>. SQL goes to <code>tokenmeter sql</code>; PromQL needs the recording rules of <code>dashboards/prometheus/rules</code>. <code>$INCIDENT</code> is the id in the alert, or its beginning.</p></footer>
</main></body>
</html>
`;
}
