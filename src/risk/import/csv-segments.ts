const [lineFeed, carriageReturn, quote] = [0x0a, 0x0d, 0x22];

/** Some hundred rows, whose cells are soon forgotten. */
const SEGMENT_CHARACTERS = 65_536;

interface CsvSegment {
  readonly text: string;
  readonly linesAbove: number;
}

/**
 * A CSV cut between rows, so that it can be read in pieces. A line break within quotes is none, and doubled quotes are
 * two: a text with a quote in the wrong place is not cut behind it, and its reader finds the error where it is.
 *
 * @param least characters of a segment
 */
export function* csvSegments(
  text: string,
  start: number,
  linesAbove: number,
  least = SEGMENT_CHARACTERS,
): Generator<CsvSegment> {
  let [from, above, lines, isQuoted] = [start, linesAbove, linesAbove, false];
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) isQuoted = !isQuoted;
    // Within quotes the parser counts both halves of a line break.
    else if (code === lineFeed || (code === carriageReturn && (isQuoted || text.charCodeAt(at + 1) !== lineFeed))) {
      lines += 1;
      if (isQuoted || at - from < least) continue;
      yield { text: text.slice(from, at + 1), linesAbove: above };
      [from, above] = [at + 1, lines];
    }
  }
  if (from < text.length) yield { text: text.slice(from), linesAbove: above };
}
