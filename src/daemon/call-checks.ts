import { GoxelError } from '../base/index.js';
import type { MethodDefinition } from '../protocol/index.js';
import type { Caller } from './caller.js';
import type { OpenProject } from './workspace.js';

/** Refuses an edit that was meant for another revision, and says who was faster. */
export function assertRevision(open: OpenProject, expected: number | undefined): void {
  if (expected === undefined || expected === open.revision) return;
  const changes = open.changes.since(expected, open.revision);
  throw new GoxelError(
    'conflict',
    `project ${open.id} is at revision ${open.revision}, expected ${expected}`,
    {
      project_id: open.id,
      expected,
      value: open.revision,
      ...(changes
        ? {
            changes: changes.slice(-20).map(({ revision, label, by }) => ({ revision, label, by })),
          }
        : {}),
    },
  );
}

/** Refuses what the caller may not do. */
export function assertAllowed(method: MethodDefinition, { identity }: Caller): void {
  const { scopes, user } = identity;
  if (scopes === null || method.open || scopes.has(method.scope)) return;
  throw scopes.size === 0
    ? new GoxelError('unauthorized', `${method.name} needs a token`, { scope: method.scope })
    : new GoxelError(
        'forbidden',
        `${method.name} needs the scope ${method.scope}, the token of ${user} has ${[...scopes].join(', ')}`,
        { scope: method.scope },
      );
}
