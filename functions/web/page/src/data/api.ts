import { words } from '../words.ts';
import type { Problem } from './types.ts';

/** The server's refusal, in its own words (RFC 9457). */
export class Refused extends Error {
  problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }
}

/** The server could not be reached; the same request may be tried again. */
export class Unreachable extends Error {}

export interface Request {
  method?: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const ROOT = '/api/v1';

/** Sends one request and gives the raw answer; throws `Refused` or `Unreachable`. */
export async function send({ method = 'GET', path, body, headers = {}, signal }: Request): Promise<Response> {
  const answer = await fetch(ROOT + path, {
    method,
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'same-origin',
    cache: 'no-store',
    signal,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Unreachable();
  });
  if (answer.ok) return answer;
  if (answer.status === 429 || answer.status >= 502) throw new Unreachable();
  throw new Refused(await problemOf(answer));
}

/** The same, decoded. An answer without a body gives `null`. */
export async function call<T>(request: Request): Promise<T> {
  const text = await (await send(request)).text();
  return (text ? JSON.parse(text) : null) as T;
}

async function problemOf(answer: Response): Promise<Problem> {
  const said = (await answer.json().catch(() => ({}))) as Partial<Problem>;
  return {
    ...said,
    status: answer.status,
    code: said.code ?? '',
    title: said.title ?? answer.statusText,
    detail: said.detail ?? said.title ?? words.problem.unknown(answer.status),
  };
}
