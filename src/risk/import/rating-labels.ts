import type { Rating } from './import-row';

/*
 * Words for levels. An export does not contain the matrix that its words come from (3, 4 or 5 levels, any names), so a
 * word means the same in every file: its usual place on a scale of five. Two words of one matrix may therefore meet on
 * one level (very likely, certain), rounded towards the higher risk.
 */
type Words = Readonly<Record<Rating, readonly string[]>>;

/** Used for probability as well as for impact. Folded: lower case, no accents, single spaces. */
const levels: Words = {
  1: ['very low', 'tres faible', 'sehr gering', 'sehr niedrig', 'muy bajo', 'muy baja'],
  2: ['low', 'faible', 'bas', 'gering', 'niedrig', 'bajo', 'baja'],
  3: ['medium', 'moderate', 'moyen', 'moyenne', 'modere', 'moderee', 'mittel', 'medio', 'media'],
  4: ['high', 'eleve', 'elevee', 'haut', 'fort', 'forte', 'hoch', 'alto', 'alta'],
  5: ['very high', 'tres eleve', 'tres elevee', 'tres fort', 'tres forte', 'sehr hoch', 'muy alto', 'muy alta'],
};

const likelihoods: Words = {
  1: [
    'rare',
    'very unlikely',
    'highly unlikely',
    'very rare',
    'tres rare',
    'tres peu vraisemblable',
    'tres improbable',
  ],
  2: ['unlikely', 'improbable', 'remote', 'peu vraisemblable', 'peu probable', 'invraisemblable', 'unwahrscheinlich'],
  3: ['possible', 'occasional', 'occasionnel', 'occasionnelle', 'moglich', 'posible'],
  4: ['likely', 'probable', 'frequent', 'vraisemblable', 'frequente', 'wahrscheinlich'],
  5: [
    ...['very likely', 'highly likely', 'almost certain', 'near certain', 'certain', 'very frequent'],
    ...['tres vraisemblable', 'tres probable', 'quasi certain', 'presque certain', 'certaine', 'sehr wahrscheinlich'],
  ],
};

const consequences: Words = {
  1: ['insignificant', 'negligible', 'none', 'insignifiant', 'negligeable', 'vernachlassigbar'],
  2: ['minor', 'limited', 'mineur', 'mineure', 'limite', 'limitee', 'menor'],
  3: ['significant', 'significatif', 'significative', 'serious', 'signifikant'],
  4: ['important', 'importante', 'major', 'majeur', 'majeure', 'grave', 'mayor'],
  5: [
    ...['critical', 'severe', 'catastrophic', 'extreme', 'vital', 'critique', 'catastrophique', 'tres grave'],
    ...['kritisch', 'katastrophal', 'critico', 'critica'],
  ],
};

const probabilityWords = wordTable(levels, likelihoods);
const impactWords = wordTable(levels, consequences);

/** The known words of a scale, lowest first, for messages. */
export const KNOWN_LABELS = {
  probability: [...probabilityWords.keys()].join(', '),
  impact: [...impactWords.keys()].join(', '),
} as const;

const notRated = new Set(['--', '-', '—', 'n/a', 'na', 'not rated', 'non evalue', 'non cote']);

/** `3`, `3.0`, `3 - Likely`, `3: Likely`, `3 (Likely)`. */
const numberFirst = /^([1-5])(?:\.0+)?(?:\s*[-–:.)(]\s*\D.*|\s+\D.*)?$/;

export type LabelKind = 'probability' | 'impact';

/** @returns the level, 'not-rated', or 'unknown' for a word that is in no table */
export function readLabel(label: string, kind: LabelKind): Rating | 'not-rated' | 'unknown' {
  const word = fold(label);
  if (word === '' || notRated.has(word)) return 'not-rated';
  const digit = numberFirst.exec(word)?.[1];
  if (digit !== undefined) return Number(digit) as Rating;
  return (kind === 'probability' ? probabilityWords : impactWords).get(word) ?? 'unknown';
}

function wordTable(...tables: Words[]): ReadonlyMap<string, Rating> {
  const ratings = [1, 2, 3, 4, 5] as const;
  return new Map(
    ratings.flatMap((rating) => tables.flatMap((table) => table[rating].map((word) => [word, rating] as const))),
  );
}

function fold(label: string): string {
  return label
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ')
    .trim();
}
