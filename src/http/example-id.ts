/** The id in the examples of the documentation: things of the demo tenant have it, so that they can be tried out. */
export const EXAMPLE_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
/** Of a webhook of the demo tenant. */
export const EXAMPLE_WEBHOOK_ID = '0199a3c0-0000-7000-8000-0000000000eb';
/** The demo tenant itself, and its Admin. */
export const EXAMPLE_TENANT_ID = '0199a3c0-0000-7000-8000-00000000de30';
export const EXAMPLE_ADMIN_ID = '0199a3c0-0000-7000-8000-0000000000ad';
