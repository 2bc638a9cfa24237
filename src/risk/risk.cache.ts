import { createHash } from 'node:crypto';
import { tag, type Tag } from '../cache/tag';

export const RiskTags = {
  /** What depends on more risks than one: lists, totals, search, matrix, statistics. Every change of a risk evicts it. */
  all: tag('risk', 'all'),
  /** Everything about single risks, for changes that reach an unknown number of them. */
  each: tag('risk', 'id'),
  /** What the tenant calls ratings and severities, and where each severity begins. */
  settings: tag('risk', 'settings'),
  one: (id: string): Tag => tag('risk', 'id', id),
};

export const RiskKeys = {
  search: (q: string, limit: number) => ['search', createHash('sha256').update(`${limit} ${q}`).digest('hex')],
};
