import { cataloguedRatings, impactOfSeverity, probabilityOf } from './rating-tables';

describe('ratings', () => {
  it.each([
    ['Info', 1],
    ['low', 2],
    ['MEDIUM', 3],
    [' High ', 4],
    ['Critical', 5],
    ['constructor', undefined],
    ['Severe', undefined],
  ])('severity %s has the impact %s', (severity, impact) => {
    expect(impactOfSeverity(severity)).toBe(impact);
  });

  it.each([
    [0, 1],
    [0.00042, 1],
    [0.001, 2],
    [0.0099, 2],
    [0.01, 3],
    [0.1, 4],
    [0.49, 4],
    [0.5, 5],
    [1, 5],
  ])('EPSS %d gives the probability %i', (epss, probability) => {
    expect(probabilityOf({ seen: false, byRansomware: false, epss })).toEqual({ probability, assumed: false });
  });

  it('puts seen exploitation above a low forecast, and ransomware above all', () => {
    expect(probabilityOf({ seen: true, byRansomware: false, epss: 0.0001 }).probability).toBe(4);
    expect(probabilityOf({ seen: true, byRansomware: false, epss: 0.9 }).probability).toBe(5);
    expect(probabilityOf({ seen: false, byRansomware: true, epss: 0.0001 }).probability).toBe(5);
  });

  it('says when nothing is known', () => {
    expect(probabilityOf({ seen: false, byRansomware: false })).toEqual({ probability: 3, assumed: true });
  });

  it('rates what is in the catalogue by its use in ransomware', () => {
    expect(cataloguedRatings(true)).toEqual({ probability: 5, impact: 5 });
    expect(cataloguedRatings(false)).toEqual({ probability: 4, impact: 4 });
  });
});
