/** The id in the examples of the documentation; a risk of the demo tenant has it, so that they can be tried out. */
export const EXAMPLE_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
