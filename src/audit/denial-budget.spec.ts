import { DenialBudget } from './denial-budget';

describe('the budget of refusals that are recorded', () => {
  it('is so many a minute, for each account', () => {
    const budget = new DenialBudget(2);
    expect(['a', 'a', 'a', 'b'].map((account) => budget.takes(account, 1000))).toEqual([true, true, false, true]);
    expect(budget.takes('a', 60_999)).toBe(false);
    expect(budget.takes('a', 61_000)).toBe(true);
  });

  it('holds a bounded number of accounts', () => {
    const budget = new DenialBudget(1);
    for (let account = 0; account < 10_000; account++) expect(budget.takes(String(account), 0)).toBe(true);
    expect(budget.takes('one more', 0)).toBe(false);
    expect(budget.takes('one more', 60_000)).toBe(true);
  });

  it('can be nothing', () => {
    expect(new DenialBudget(0).takes('a', 0)).toBe(false);
  });
});
