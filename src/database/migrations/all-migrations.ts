import { Accounts1795219200001 } from './1795219200001-accounts';
import { Register1795219200002 } from './1795219200002-register';
import { Treatment1795219200003 } from './1795219200003-treatment';

/** In the order in which they run. A migration that was released is never edited. */
export const ALL_MIGRATIONS = [Accounts1795219200001, Register1795219200002, Treatment1795219200003];
