/** JSON for people. Source: apiserver/pkg/endpoints/handlers/negotiation/negotiate.go (isPrettyPrint) */
import type { MiddlewareHandler } from 'hono';

/** Indents what a browser or a tool like curl reads, or what is asked for with ?pretty. A stream stays as it is. */
export const indentForPeople: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers, status } = context.res;
  if (headers.get('content-type') !== 'application/json' || !isForPeople(context.req.raw)) return;
  if (context.req.query('watch') !== undefined) return;
  const indented = `${JSON.stringify(await context.res.json(), null, 2)}\n`;
  context.res = new Response(indented, { status, headers });
};

function isForPeople({ url, headers }: Request): boolean {
  const asked = new URL(url).searchParams.get('pretty');
  if (asked) return /^(1|t|true)$/i.test(asked);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers.get('user-agent') ?? '');
}
