import { cadenceOf, nextReview, reviewBroughtForward, type ReviewedRisk } from './review-cadence';

const today = '2026-11-21';
const low: ReviewedRisk = { severity: 'LOW', reviewCadenceDays: null, nextReviewAt: '2027-11-21' };

describe('when a risk is due for review', () => {
  it('follows from its own cadence, or else from its severity', () => {
    expect(cadenceOf({ severity: 'CRITICAL', reviewCadenceDays: null })).toBe(30);
    expect(cadenceOf({ severity: 'CRITICAL', reviewCadenceDays: 45 })).toBe(45);
    expect(nextReview({ severity: 'HIGH', reviewCadenceDays: null }, today)).toBe('2027-02-19');
    expect(nextReview({ severity: 'LOW', reviewCadenceDays: 1 }, '2028-02-28')).toBe('2028-02-29');
  });

  it('comes forward with a worse severity or a shorter cadence', () => {
    expect(reviewBroughtForward(low, { ...low, severity: 'CRITICAL' }, today)).toBe('2026-12-21');
    expect(reviewBroughtForward(low, { ...low, reviewCadenceDays: 7 }, today)).toBe('2026-11-28');
  });

  it('is never put off by a change, nor brought forward behind what is due already', () => {
    const due = { ...low, severity: 'CRITICAL' as const, nextReviewAt: '2026-11-22' };
    expect(reviewBroughtForward(due, { ...due, severity: 'LOW' }, today)).toBe('2026-11-22');
    expect(reviewBroughtForward({ ...due, severity: 'LOW' }, due, today)).toBe('2026-11-22');
    expect(reviewBroughtForward(low, { ...low, reviewCadenceDays: 3650 }, today)).toBe('2027-11-21');
  });

  it('stays away where somebody wants none', () => {
    const never = { ...low, nextReviewAt: null };
    expect(reviewBroughtForward(never, { ...never, severity: 'CRITICAL' }, today)).toBeNull();
  });
});
